"""Tracking, asked for or pushed: both bring the same items."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from omnisales_sdk import Delivery, NeedsHuman, ShipmentRef, TrackingEvent, TrackingUpdate, hookimpl

from .client import call, demand_answer, rows
from .reading import Row, objects, only_objects, text, whole
from .refusals import must_not_refuse
from .settings import Ctx
from .statuses import CANCELLED, MEANINGS

AWBS_PER_CALL = 200
"""Innoship's limit of `awbList` (support article 80000952205)."""

_KEYS_PER_CALL = 50
"""No limit of `externalOrderId` is published; this one is ours."""


@hookimpl
def track(ctx: Ctx, shipments: Sequence[ShipmentRef]) -> Sequence[TrackingUpdate]:
    """Asks by AWB, per courier; shipments without an AWB or a courier number are asked for by our key."""
    by_courier: dict[str, list[str]] = defaultdict(list)
    keys: list[str] = []
    for shipment in shipments:
        courier = shipment.refs.get("courier_id")
        if shipment.awb and courier:
            by_courier[courier].append(shipment.awb)
        else:
            keys.append(shipment.key)
    found = [row for courier, awbs in by_courier.items() for row in track_rows(ctx, courier, awbs)]
    found += _rows_by_key(ctx, keys)
    return tuple(_updates(ctx, found))


@hookimpl
def parse_tracking(ctx: Ctx, delivery: Delivery) -> Sequence[TrackingUpdate]:
    """Reads Innoship's "Track push": a list of tracking items. Items without an AWB are passed over."""
    try:
        body = json.loads(delivery.body)
    except ValueError as error:
        raise NeedsHuman(
            "payload:invalid",
            f"A tracking push that is no JSON: {delivery.body[:120]!r}",
            remedy="Check who sends to this address; Innoship sends a JSON list.",
        ) from error
    return tuple(_updates(ctx, only_objects(body if isinstance(body, list) else [body])))


def track_rows(ctx: Ctx, courier: str, awbs: Sequence[str]) -> list[dict[str, Any]]:
    """Innoship's items of one courier's AWBs, as they come; AWBs that it does not know are missing from the answer."""
    return [
        row
        for part in _parts(list(dict.fromkeys(awbs)), AWBS_PER_CALL)
        for row in _ask(ctx, "/api/Track/by-awb/with-return", {"courier": int(courier), "awbList": part})
    ]


def cancelled(row: Row) -> bool:
    """The shipment of this item is void at Innoship."""
    return whole(row, "currentStatusId") in CANCELLED


def _rows_by_key(ctx: Ctx, keys: Sequence[str]) -> list[dict[str, Any]]:
    return [
        row
        for part in _parts(list(dict.fromkeys(keys)), _KEYS_PER_CALL)
        for row in _ask(ctx, "/api/Track/by-external-order-id", {"externalOrderId": part})
    ]


def _ask(ctx: Ctx, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = call(ctx, "query", "POST", path, json=body)
    demand_answer(answer)
    if answer.status == 404:
        return []
    must_not_refuse(answer, "tracking")
    return rows(answer)


def _parts(values: list[str], size: int) -> Iterator[list[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _updates(ctx: Ctx, found: list[dict[str, Any]]) -> Iterator[TrackingUpdate]:
    zone = ZoneInfo(ctx.settings.time_zone)
    for row in found:
        awb = text(row, "shipmentAwb")
        if not awb:
            continue
        events = [_event(scan, zone) for scan in objects(row, "history")]
        if None in events:
            ctx.log.warning("tracking events without a usable date", awb=awb, count=events.count(None))
        yield TrackingUpdate(
            awb=awb,
            key=text(row, "externalOrderId"),
            return_awb=text(row, "returnAwb"),
            # Rows do not come in order; of two at the same moment the later listed one is the later.
            events=tuple(sorted((event for event in events if event is not None), key=lambda event: event.at)),
        )


def _event(scan: Row, zone: ZoneInfo) -> TrackingEvent | None:
    """A scan; an unknown code is kept with its text and says nothing of the status. None when it bears no date."""
    at = _moment(scan.get("eventDate"), zone)
    if at is None:
        return None
    code = whole(scan, "clientStatusId")
    meaning = None if code is None else MEANINGS.get(code)
    return TrackingEvent(
        at=at,
        code="" if code is None else str(code),
        text=text(scan, "clientStatusDescription") or (meaning.text if meaning else ""),
        status=meaning.status if meaning else None,
        location=text(scan, "localityName") or "",
        final=scan.get("isFinalStatus") is True or (meaning is not None and meaning.final),
        attention=meaning is None or meaning.attention,
        known=meaning is not None,
    )


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """Aware and UTC; times without a zone are taken in the account's zone. Year 1 is the far side's "no date"."""
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.year == 1 else (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
