"""The traps that others fell into with Innoship, one test each."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors import innoship
from connectors.innoship.body import shipment_body
from connectors.innoship.sandbox import create_app
from connectors.innoship.settings import Ctx, Settings
from omnisales_sdk import Created, Quote, Refused, ShipmentRef, ShipmentStatus
from omnisales_sdk.testing.sandbox import serve

from .support import Sandbox, context, parcel, request, sample


def recording(asked: list[httpx.Request], body: Any = None) -> Ctx:
    def answer(sent: httpx.Request) -> httpx.Response:
        asked.append(sent)
        return httpx.Response(200, json=body)

    return context("https://api.example", query_url="https://query.example", transport=httpx.MockTransport(answer))


def offers(ctx: Ctx, **change: Any) -> list[Quote]:
    answer = innoship.quote(ctx, request(**change))
    assert not isinstance(answer, Refused), answer
    return list(answer)


def test_the_price_quoted_is_the_price_booked(ctx: Ctx) -> None:
    for place, offer in enumerate(offers(ctx)):
        if offer.extra["option_id"] is None:
            created = innoship.create_awb(ctx, request(f"OMS-{place}", service=offer.service))
            assert isinstance(created, Created)
            assert created.price == offer.price


def test_price_and_order_are_asked_with_one_body() -> None:
    asked: list[httpx.Request] = []
    innoship.quote(recording(asked, {"rates": []}), request(service="3:1"))
    innoship.create_awb(recording(asked, sample("order_response.json")), request(service="3:1"))

    price, order = (json.loads(sent.content) for sent in asked)
    assert price == order


def test_a_wide_account_is_narrowed_to_the_couriers_that_are_offered(sandbox: Sandbox) -> None:
    assert [offer.service for offer in offers(context(sandbox.url, couriers=[6, 1]))] == ["1:1", "6:1"]


def test_true_sizes_are_sent_so_that_volume_is_paid_at_once_and_not_later(ctx: Ctx) -> None:
    small, bulky = (offers(ctx, parcels=(parcel(1, size, "1.5"),))[0] for size in ("1x1x1", "60x50x40"))
    assert (small.price.amount, bulky.price.amount) == (Decimal("18.16"), Decimal("38.96"))


def test_partial_delivery_is_final_and_no_delivery(sandbox: Sandbox, ctx: Ctx) -> None:
    created = innoship.create_awb(ctx, request())
    assert isinstance(created, Created)
    sandbox.control("advance", {"awb": created.awb, "status_id": 103})

    (update,) = innoship.track(ctx, [ShipmentRef(key="OMS-1", awb=created.awb, refs=created.refs)])

    last = update.events[-1]
    assert (last.final, last.attention, last.status) == (True, True, ShipmentStatus.DELIVERY_FAILED)


def test_the_hosts_are_those_of_today_and_settings() -> None:
    settings = Settings(external_client_location="WH-1")
    assert (settings.api_url, settings.query_url) == ("https://api.innoship.com", "https://query.innoship.com")


def test_reads_go_to_the_read_host_and_writes_to_the_other() -> None:
    writes = create_app(hosts=("api",))
    reads = create_app(hosts=("query",), book=writes.state.book)
    with serve(writes) as api, serve(reads) as query:
        ctx = context(api.url, query_url=query.url)
        created = innoship.create_awb(ctx, request())
        assert isinstance(created, Created)
        shipment = ShipmentRef(key="OMS-1", awb=created.awb, refs=created.refs)

        assert innoship.test_connection(ctx).ok
        assert len(offers(ctx)) == 4
        assert innoship.find_awb(ctx, "OMS-1") is not None
        assert innoship.label(ctx, shipment, "A4") is not None
        assert len(innoship.track(ctx, [shipment])) == 1
        assert innoship.void_awb(ctx, shipment).already is False  # type: ignore[union-attr]


def test_the_api_version_is_sent_twice_and_the_key_as_a_header() -> None:
    asked: list[httpx.Request] = []
    innoship.track(recording(asked, []), [ShipmentRef(key="k", awb="1", refs={"courier_id": "3"})])

    (sent,) = asked
    assert str(sent.url) == "https://query.example/api/Track/by-awb/with-return?api-version=1.0"
    assert (sent.headers["api-version"], sent.headers["x-api-key"]) == ("1.0", "sandbox-key")
    assert json.loads(sent.content) == {"courier": 3, "awbList": ["1"]}


def test_a_courier_that_no_table_lists_passes_through() -> None:
    body = {**sample("order_response.json"), "courier": 229}
    created = innoship.create_awb(recording([], body), request())

    assert isinstance(created, Created)
    assert created.refs["courier_id"] == "229"


def test_unknown_fields_of_an_answer_are_tolerated() -> None:
    body = {**sample("order_response.json"), "trackingNumber": "T", "courierServiceName": "S", "new": {"deep": [1]}}
    created = innoship.create_awb(recording([], body), request())

    assert created == innoship.create_awb(recording([], sample("order_response.json")), request())
    assert isinstance(created, Created)
    assert created.awb == "877551879"
    assert created.price is not None
    assert created.price.amount == Decimal("15.9")


def test_the_order_is_synchronous_so_that_the_awb_is_in_the_answer(sandbox: Sandbox, ctx: Ctx) -> None:
    innoship.create_awb(ctx, request())
    assert sandbox.state()["orders"][0]["body"]["parameters"]["async"] is False


def test_a_locker_is_named_by_innoships_id_and_has_no_home_address(sandbox: Sandbox, ctx: Ctx) -> None:
    created = innoship.create_awb(ctx, request(delivery_point="157"))
    assert isinstance(created, Created)

    body = sandbox.state()["orders"][0]["body"]
    assert body["serviceId"] == 3
    assert body["addressTo"] == {
        "name": "Ion Pop",
        "contactPerson": "Ion Pop",
        "phone": "+40700000000",
        "email": "ion@example.com",
        "fixedLocationId": "157",
    }


def test_the_option_of_an_offer_travels_as_an_attribute(sandbox: Sandbox, ctx: Ctx) -> None:
    innoship.create_awb(ctx, request(service="3:1:FAN-EXPRESS"))

    body = sandbox.state()["orders"][0]["body"]
    assert (body["courierId"], body["serviceId"], body["customAttributes"]) == (3, 1, {"optionId": "FAN-EXPRESS"})


def test_uniqueness_of_our_key_can_be_asked_for_with_each_order(sandbox: Sandbox) -> None:
    innoship.create_awb(context(sandbox.url, unique_order_reference=1), request())

    assert sandbox.state()["orders"][0]["body"]["clientSettings"] == {
        "clientPreferences": {"preferredLabel": "A6"},
        "uniqueOrderReferenceId": 1,
    }


@pytest.mark.parametrize("at", ["2026-03-28T23:30:00+02:00", "2026-03-29T00:30:00+02:00"])
def test_the_shipments_day_does_not_slip_at_midnight(at: str) -> None:
    body = shipment_body(request(), context().settings, datetime.fromisoformat(at))
    assert body["shipmentDate"] == f"{at[:10]}T12:00:00Z"
