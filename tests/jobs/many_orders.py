"""A tiny connector whose deliveries are about several orders, and whose orders can be read wrongly on demand."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, SecretStr

from omnisales_sdk import (
    Context,
    Delivery,
    ExternalLine,
    ExternalOrder,
    Gone,
    Hint,
    Ignored,
    Kind,
    Manifest,
    NeedsHuman,
    OrderStatus,
    RawItem,
    TrackingEvent,
    TrackingUpdate,
    Vocabulary,
    WebhookScheme,
    hookimpl,
)


class Settings(BaseModel):
    pass


class Credentials(BaseModel):
    webhook_secret: SecretStr | None = None


Ctx = Context[Settings, Credentials]
WHEN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@hookimpl
def connector() -> Manifest:
    return Manifest(
        key="many_orders",
        title="Many orders",
        kinds=frozenset({Kind.SALES_CHANNEL, Kind.COURIER}),
        settings=Settings,
        credentials=Credentials,
        webhook=WebhookScheme(in_path=True, keep_headers=("X-Topic",)),
        vocabulary=Vocabulary(statuses_in={"new": OrderStatus.PROCESSING}),
    )


@hookimpl
def parse_webhook(ctx: Ctx, delivery: Delivery) -> Sequence[RawItem | Hint | Gone | Ignored]:
    if delivery.body == b"bug":
        raise KeyError("id")
    found: list[RawItem | Hint | Gone | Ignored] = []
    for part in json.loads(delivery.body):
        kind, number = part["kind"], part["id"]
        if kind == "order":
            found.append(RawItem(external_id=number, body=json.dumps(part).encode(), version=part.get("version")))
        elif kind == "hint":
            found.append(Hint(external_id=number, reason="something changed"))
        elif kind == "gone":
            found.append(Gone(external_id=number, reason="deleted"))
        else:
            found.append(Ignored(external_id=number, reason=f"headers {sorted(delivery.headers)}"))
    return found


@hookimpl
def parse_order(ctx: Ctx, item: RawItem) -> ExternalOrder | Ignored:
    part = json.loads(item.body)
    if part.get("odd") == "person":
        raise NeedsHuman("payload:odd", "it is odd", remedy="look at it")
    if part.get("odd") == "bug":
        raise ZeroDivisionError("as told")
    if part.get("odd") == "ignored":
        return Ignored(reason="a draft")
    line = ExternalLine(
        external_id="1",
        name="No product",
        quantity=Decimal(1),
        subtotal=Decimal(10),
        total=Decimal(10),
        tax=Decimal(0),
    )
    return ExternalOrder(
        external_id=item.external_id,
        number=item.external_id,
        status="new",
        currency="RON",
        placed_at=WHEN,
        total=Decimal(10),
        lines=(line,),
        version=item.version,
    )


@hookimpl
def fetch_order(ctx: Ctx, external_id: str) -> RawItem | Gone:
    return RawItem(external_id=external_id, body=json.dumps({"id": external_id}).encode(), version="1")


@hookimpl
def parse_tracking(ctx: Ctx, delivery: Delivery) -> Sequence[TrackingUpdate]:
    if delivery.body == b"odd":
        raise NeedsHuman("payload:odd", "it is odd", remedy="look at it")
    event = TrackingEvent(at=WHEN, code="9", text="new code", status=None, known=False)
    return [TrackingUpdate(awb=awb, events=(event,)) for awb in json.loads(delivery.body)]
