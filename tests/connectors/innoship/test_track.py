"""Tracking, asked for and pushed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import innoship
from connectors.innoship.settings import Ctx
from omnisales_sdk import Created, Delivery, NeedsHuman, ShipmentRef, ShipmentStatus, TrackingEvent, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .support import NOW, Sandbox, context, request, sample


def ship(ctx: Ctx, key: str = "OMS-1", service: str = "1:1") -> ShipmentRef:
    created = innoship.create_awb(ctx, request(key, service=service))
    assert isinstance(created, Created)
    return ShipmentRef(key=key, awb=created.awb, refs=created.refs)


def scan(status: int, at: str, **changes: Any) -> dict[str, Any]:
    row = {"clientStatusId": status, "clientStatusDescription": f"S{status}", "eventDate": at, "isFinalStatus": False}
    return {**row, "localityName": None, **changes}


def events(*scans: dict[str, Any]) -> tuple[TrackingEvent, ...]:
    item = {"shipmentAwb": "990923033", "courier": 1, "history": list(scans)}
    (update,) = innoship.parse_tracking(context(), Delivery(body=json.dumps([item]).encode()))
    return update.events


@pytest.mark.spec("FUL-5")
def test_a_shipment_is_followed_to_its_delivery(sandbox: Sandbox, ctx: Ctx) -> None:
    shipment = ship(ctx)
    start = datetime.now(UTC)
    for hours, status in enumerate([2, 20, 30, 100], start=1):
        at = (start + timedelta(hours=hours)).isoformat()
        sandbox.control("advance", {"awb": shipment.awb, "status_id": status, "at": at, "locality": "Cluj"})

    (update,) = innoship.track(ctx, [shipment])

    assert (update.awb, update.key) == (shipment.awb, "OMS-1")
    assert [(event.code, event.text, event.status, event.final) for event in update.events] == [
        ("1", "New", ShipmentStatus.CREATED, False),
        ("2", "Picked-Up", ShipmentStatus.PICKED_UP, False),
        ("20", "In Transit", ShipmentStatus.IN_TRANSIT, False),
        ("30", "Out for Delivery", ShipmentStatus.OUT_FOR_DELIVERY, False),
        ("100", "Delivered", ShipmentStatus.DELIVERED, True),
    ]
    assert update.events[-1].location == "Cluj"
    assert update.events[-1].at == start + timedelta(hours=4)


def test_the_recorded_item_is_read_with_romanian_times() -> None:
    body = json.dumps(sample("track_with_return_response_excerpt.json")).encode()
    (update,) = innoship.parse_tracking(context(), Delivery(body=body))

    assert (update.awb, update.key, update.return_awb) == ("990923033", None, None)
    assert update.events == (
        TrackingEvent(
            at=datetime(2022, 11, 21, 13, 49, 34, 932029, tzinfo=UTC),
            code="1",
            text="New",
            status=ShipmentStatus.CREATED,
        ),
        TrackingEvent(
            at=datetime(2022, 11, 21, 14, 8, 10, tzinfo=UTC),
            code="2",
            text="Picked-Up",
            status=ShipmentStatus.PICKED_UP,
            location="BUCURESTI",
        ),
    )


def test_times_with_a_zone_keep_it_and_seven_digits_are_read() -> None:
    (event,) = events(scan(2, "2024-04-16T18:55:25.3494024+00:00"))
    assert event.at == datetime(2024, 4, 16, 18, 55, 25, 349402, tzinfo=UTC)


@pytest.mark.parametrize("at", [None, "", "yesterday", "0001-01-01T00:00:00", 17])
def test_a_scan_without_a_date_is_left_out_and_said(at: Any) -> None:
    ctx = context()
    item = {"shipmentAwb": "1", "courier": 1, "history": [scan(1, "2026-01-01T10:00:00"), scan(20, at)]}
    (update,) = innoship.parse_tracking(ctx, Delivery(body=json.dumps([item]).encode()))

    assert [event.code for event in update.events] == ["1"]
    assert ctx.log.events == [("warning", "tracking events without a usable date", {"awb": "1", "count": 1})]  # type: ignore[attr-defined]


@given(st.permutations([1, 2, 10, 20, 30, 100]))
def test_scans_are_sorted_by_date_not_by_position(order: list[int]) -> None:
    scans = [scan(status, (NOW + timedelta(minutes=status)).isoformat()) for status in order]
    assert [event.code for event in events(*scans)] == ["1", "2", "10", "20", "30", "100"]


def test_of_two_scans_at_one_moment_the_later_listed_is_the_later() -> None:
    found = events(scan(20, "2026-01-01T10:00:00"), scan(30, "2026-01-01T10:00:00"))
    assert [event.code for event in found] == ["20", "30"]


def test_an_unknown_code_is_kept_and_changes_nothing() -> None:
    (event,) = events(scan(77, "2026-01-01T10:00:00Z", clientStatusDescription="Drone"))
    assert event == TrackingEvent(
        at=datetime(2026, 1, 1, 10, tzinfo=UTC), code="77", text="Drone", status=None, attention=True, known=False
    )


def test_an_unknown_final_code_ends_the_asking() -> None:
    (event,) = events(scan(177, "2026-01-01T10:00:00Z", isFinalStatus=True))
    assert (event.final, event.status, event.known) == (True, None, False)


def test_a_final_code_is_final_also_where_the_scan_does_not_say_so() -> None:
    (event,) = events(scan(100, "2026-01-01T10:00:00Z", isFinalStatus=None))
    assert (event.final, event.status) == (True, ShipmentStatus.DELIVERED)


def test_a_return_is_told_by_its_awb(sandbox: Sandbox, ctx: Ctx) -> None:
    shipment = ship(ctx)
    sandbox.control("advance", {"external_order_id": "OMS-1", "status_id": 48, "return_awb": "RET-1"})

    (update,) = innoship.track(ctx, [shipment])

    assert update.return_awb == "RET-1"
    assert update.events[-1].status is ShipmentStatus.RETURNING


def test_shipments_are_asked_for_per_courier(sandbox: Sandbox, ctx: Ctx) -> None:
    shipments = [ship(ctx, "OMS-1", "1:1"), ship(ctx, "OMS-2", "3:1"), ship(ctx, "OMS-3", "1:1")]

    updates = innoship.track(ctx, shipments)

    assert sorted(update.awb for update in updates) == sorted(str(shipment.awb) for shipment in shipments)
    assert sandbox.state()["calls"]["POST /api/Track/by-awb/with-return"] == 2


def test_awbs_that_innoship_does_not_mention_are_left_out(ctx: Ctx) -> None:
    known, unknown = ship(ctx), ShipmentRef(key="k", awb="000", refs={"courier_id": "1"})
    assert [update.awb for update in innoship.track(ctx, [unknown, known])] == [known.awb]


def test_a_shipment_without_an_awb_is_asked_for_by_our_key(ctx: Ctx) -> None:
    known = ship(ctx)
    (update,) = innoship.track(ctx, [ShipmentRef(key="OMS-1", awb=None, refs={})])
    assert update.awb == known.awb


def test_at_most_200_awbs_go_into_one_call(sandbox: Sandbox, ctx: Ctx) -> None:
    known = ship(ctx)
    many = [ShipmentRef(key=f"k{number}", awb=str(number), refs={"courier_id": "1"}) for number in range(450)]

    updates = innoship.track(ctx, [*many, known])

    assert [update.awb for update in updates] == [known.awb]
    assert sandbox.state()["calls"]["POST /api/Track/by-awb/with-return"] == 3


def test_at_most_50_keys_go_into_one_call(sandbox: Sandbox, ctx: Ctx) -> None:
    innoship.track(ctx, [ShipmentRef(key=f"k{number}", awb=None) for number in range(101)])
    assert sandbox.state()["calls"] == {"POST /api/Track/by-external-order-id": 3}


def test_nothing_to_track_asks_nothing(sandbox: Sandbox, ctx: Ctx) -> None:
    assert innoship.track(ctx, []) == ()
    assert sandbox.state()["calls"] == {}


def test_tracking_that_cannot_be_read_is_tried_later(sandbox: Sandbox, ctx: Ctx) -> None:
    shipment = ship(ctx)
    sandbox.faults.add(Fault(kind="status", status=200, body="<html></html>", match="POST /api/Track"))

    with pytest.raises(TryLater):
        innoship.track(ctx, [shipment])


def test_tracking_that_is_refused_needs_a_person() -> None:
    refusal = httpx.Response(
        400, json={"errors": [{"message": "no such courier", "details": []}], "correlationId": "c"}
    )
    ctx = context(transport=httpx.MockTransport(lambda _: refusal))

    with pytest.raises(NeedsHuman, match=r"refused tracking: no such courier \(Innoship reference c\)"):
        innoship.track(ctx, [ShipmentRef(key="k", awb="1", refs={"courier_id": "9"})])


@pytest.mark.parametrize("body", [[], [{}], [{"shipmentAwb": None, "history": []}], ["text"], "text"])
def test_a_push_without_shipments_is_nothing(body: Any) -> None:
    assert innoship.parse_tracking(context(), Delivery(body=json.dumps(body).encode())) == ()


def test_one_odd_item_of_a_push_does_not_stop_the_others() -> None:
    items = [None, {"history": None}, {"shipmentAwb": "1", "history": None}, {"shipmentAwb": 2, "history": [None]}]
    updates = innoship.parse_tracking(context(), Delivery(body=json.dumps(items).encode()))
    assert [(update.awb, update.events) for update in updates] == [("1", ()), ("2", ())]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe"])
def test_a_push_that_is_no_json_needs_a_person(body: bytes) -> None:
    with pytest.raises(NeedsHuman) as needed:
        innoship.parse_tracking(context(), Delivery(body=body))
    assert needed.value.cause == "payload:invalid"
