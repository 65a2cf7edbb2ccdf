"""Outcomes that are unknown, refused or late: never a second AWB."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from connectors import innoship
from connectors.innoship.sandbox import create_app
from connectors.innoship.settings import Ctx
from omnisales_sdk import Created, NeedsHuman, OutcomeUnknown, Refused, ShipmentRef, TryLater
from omnisales_sdk.testing.sandbox import Fault, serve

from .support import NOW, Sandbox, context, request

ORDER = "POST /api/Order"
ASK = "POST /api/Track/by-external-order-id"


@pytest.mark.spec("FUL-3")
@pytest.mark.parametrize("kind", ["lost_answer", "error_after_act"])
def test_an_answer_lost_after_the_act_is_asked_about_and_found_once(sandbox: Sandbox, ctx: Ctx, kind: Any) -> None:
    sandbox.faults.add(Fault(kind=kind, match=ORDER))

    with pytest.raises(OutcomeUnknown) as unknown:
        innoship.create_awb(ctx, request("OMS-7", service="3:1"))
    found = innoship.find_awb(ctx, unknown.value.key)

    (awb,) = sandbox.awbs("OMS-7")
    assert found is not None
    assert (found.awb, found.refs["courier_id"]) == (awb, "3")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop", match=ORDER),
        Fault(kind="status", status=500, match=ORDER),
        Fault(kind="status", status=503, match=ORDER),
        Fault(kind="status", status=408, match=ORDER),
        Fault(kind="slow", seconds=1.0, match=ORDER),
        Fault(kind="status", status=200, body="<html>Hi</html>", headers={"content-type": "text/html"}, match=ORDER),
        Fault(kind="status", status=200, body={"response": None}, match=ORDER),
        Fault(kind="status", status=200, body=[], match=ORDER),
        Fault(kind="status", status=204, match=ORDER),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)  # fmt: skip
def test_an_order_without_a_readable_answer_is_unknown(sandbox: Sandbox, fault: Fault) -> None:
    sandbox.faults.add(fault)

    with pytest.raises(OutcomeUnknown) as unknown:
        innoship.create_awb(context(sandbox.url, timeout=0.4), request())

    assert unknown.value.key == "OMS-1"


def test_nothing_made_is_not_found(sandbox: Sandbox, ctx: Ctx) -> None:
    sandbox.faults.add(Fault(kind="drop", match=ORDER))

    with pytest.raises(OutcomeUnknown):
        innoship.create_awb(ctx, request())

    assert innoship.find_awb(ctx, "OMS-1") is None
    assert sandbox.awbs("OMS-1") == []


def test_too_many_requests_wait_as_long_as_innoship_says(sandbox: Sandbox, ctx: Ctx) -> None:
    sandbox.faults.add(Fault(kind="status", status=429, headers={"Retry-After": "17"}, match=ORDER))

    with pytest.raises(TryLater) as later:
        innoship.create_awb(ctx, request())

    assert later.value.after == timedelta(seconds=17)
    assert sandbox.awbs("OMS-1") == []


def test_a_host_that_is_away_is_tried_later() -> None:
    with pytest.raises(TryLater):
        innoship.create_awb(context("http://127.0.0.1:9"), request())


@pytest.mark.parametrize(
    "call",
    [
        lambda ctx: innoship.create_awb(ctx, request()),
        lambda ctx: innoship.quote(ctx, request()),
        lambda ctx: innoship.find_awb(ctx, "OMS-1"),
        lambda ctx: innoship.label(ctx, ShipmentRef(key="k", awb="1", refs={"courier_id": "1"}), "A4"),
        lambda ctx: innoship.void_awb(ctx, ShipmentRef(key="k", awb="1", refs={"courier_id": "1"})),
        lambda ctx: innoship.track(ctx, [ShipmentRef(key="k", awb="1", refs={"courier_id": "1"})]),
    ],
    ids=["create", "quote", "find", "label", "void", "track"],
)
def test_a_wrong_key_needs_a_person_everywhere(sandbox: Sandbox, call: Callable[[Ctx], object]) -> None:
    with pytest.raises(NeedsHuman) as needed:
        call(context(sandbox.url, api_key="wrong"))

    assert needed.value.cause == "credentials:refused"
    assert "wrong" not in needed.value.message


@pytest.mark.parametrize(
    ("status", "cause"), [(403, "credentials:refused"), (404, "address:unexpected"), (302, "address:unexpected")]
)
def test_a_page_of_some_gateway_is_no_refusal(sandbox: Sandbox, ctx: Ctx, status: int, cause: str) -> None:
    page = {"status": status, "body": "<html>Blocked</html>", "headers": {"content-type": "text/html"}}
    sandbox.faults.add(Fault(kind="status", match=ORDER, **page))  # type: ignore[arg-type]

    with pytest.raises(NeedsHuman) as needed:
        innoship.create_awb(ctx, request())

    assert needed.value.cause == cause


def test_asking_twice_gives_the_first_awb(sandbox: Sandbox, ctx: Ctx) -> None:
    first = innoship.create_awb(ctx, request())
    second = innoship.create_awb(ctx, request())

    assert isinstance(first, Created)
    assert isinstance(second, Created)
    assert (second.awb, second.refs) == (first.awb, first.refs)
    assert sandbox.awbs("OMS-1") == [first.awb]


def test_eight_at_once_make_one_awb(sandbox: Sandbox, ctx: Ctx) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: innoship.create_awb(ctx, request()), range(8)))

    (awb,) = sandbox.awbs("OMS-1")
    assert {answer.awb for answer in answers if isinstance(answer, Created)} == {awb}
    assert len(answers) == 8


def test_a_key_whose_awb_was_cancelled_is_refused_and_not_reused(sandbox: Sandbox, ctx: Ctx) -> None:
    created = innoship.create_awb(ctx, request())
    assert isinstance(created, Created)
    innoship.void_awb(ctx, ShipmentRef(key="OMS-1", awb=created.awb, refs=created.refs))

    again = innoship.create_awb(ctx, request())

    assert isinstance(again, Refused)
    assert [(problem.path, problem.code) for problem in again.problems] == [("key", "key_used")]
    found = innoship.find_awb(ctx, "OMS-1")
    assert found is not None
    assert found.awb == created.awb


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def test_while_the_read_host_lags_a_duplicate_stays_unknown() -> None:
    clock = Clock()
    app = create_app(lag=timedelta(minutes=1), now=clock)
    with serve(app) as running:
        ctx = context(running.url)
        first = innoship.create_awb(ctx, request())
        assert innoship.find_awb(ctx, "OMS-1") is None
        with pytest.raises(OutcomeUnknown):
            innoship.create_awb(ctx, request())
        clock.at += timedelta(minutes=1)
        found = innoship.find_awb(ctx, "OMS-1")

    assert isinstance(first, Created)
    assert found is not None
    assert found.awb == first.awb


def test_the_settling_time_is_longer_than_any_request() -> None:
    manifest = innoship.connector()
    assert manifest.settling > manifest.limits.hook_timeout > manifest.limits.request_timeout


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (httpx.Response(200, text="<html>Not here</html>", headers={"content-type": "text/html"}), TryLater),
        (httpx.Response(200), TryLater),
        (httpx.Response(200, json={"unexpected": 1}), TryLater),
        (httpx.Response(404), NeedsHuman),
        (httpx.Response(404, text="<html>404</html>"), NeedsHuman),
        (httpx.Response(400, json={"errors": [{"message": "no", "details": []}]}), OutcomeUnknown),
        (httpx.Response(500), TryLater),
    ],
)
def test_only_a_readable_answer_proves_that_there_is_no_shipment(
    answer: httpx.Response, outcome: type[Exception]
) -> None:
    ctx = context(transport=httpx.MockTransport(lambda _: answer))

    with pytest.raises(outcome):
        innoship.find_awb(ctx, "OMS-1")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json=[]),
        httpx.Response(404, json={"errors": [{"message": "not found", "details": []}], "correlationId": "c"}),
        httpx.Response(200, json=[{"externalOrderId": "another", "shipmentAwb": "1", "courier": 1}]),
    ],
)
def test_what_innoship_says_it_does_not_have_is_not_found(answer: httpx.Response) -> None:
    assert innoship.find_awb(context(transport=httpx.MockTransport(lambda _: answer)), "OMS-1") is None


def test_of_several_shipments_under_one_key_a_live_one_is_taken_and_the_rest_is_said() -> None:
    items = [
        {"externalOrderId": "OMS-1", "shipmentAwb": awb, "courier": 1, "orderId": place, "currentStatusId": status}
        for place, (awb, status) in enumerate([("A", 106), ("B", 1), ("C", 20)])
    ]
    ctx = context(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=items)))

    found = innoship.find_awb(ctx, "OMS-1")

    assert found is not None
    assert found.awb == "B"
    assert [(level, values["awbs"]) for level, _, values in ctx.log.events] == [("warning", ["B", "C"])]  # type: ignore[attr-defined]


def test_an_awb_that_comes_later_is_created_without_one() -> None:
    body = {"clientOrderId": 662, "courierShipmentId": None, "courier": 1}
    created = innoship.create_awb(
        context(transport=httpx.MockTransport(lambda _: httpx.Response(201, json=body))), request()
    )

    assert created == Created(awb=None, refs={"courier_id": "1", "order_id": "662"})


@pytest.mark.parametrize(
    "message",
    [
        "Order with ExternalOrderId OMS-1 already exists",
        "The external order id must be unique",
        "Duplicate order reference",
    ],
)
def test_any_wording_of_a_used_key_is_looked_up(message: str) -> None:
    item = {"externalOrderId": "OMS-1", "shipmentAwb": "990923033", "courier": 1, "orderId": 5, "currentStatusId": 1}

    def answer(asked: httpx.Request) -> httpx.Response:
        if asked.url.path == "/api/Order":
            return httpx.Response(400, json={"errors": [{"message": message, "details": None}], "correlationId": None})
        return httpx.Response(200, json=[item])

    created = innoship.create_awb(context(transport=httpx.MockTransport(answer)), request())

    assert created == Created(awb="990923033", refs={"courier_id": "1", "order_id": "5"})


@pytest.mark.parametrize("echoed", ["OMS-1", None])
def test_a_conflict_in_any_words_is_looked_up(echoed: str | None) -> None:
    item = {"externalOrderId": echoed, "shipmentAwb": 990923033, "courier": 1, "orderId": 5, "currentStatusId": 1}

    def answer(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(409) if asked.url.path == "/api/Order" else httpx.Response(200, json=[item])

    created = innoship.create_awb(context(transport=httpx.MockTransport(answer)), request())

    assert created == Created(awb="990923033", refs={"courier_id": "1", "order_id": "5"})


def test_the_couriers_page_stands_in_for_innoships() -> None:
    body = {"courierShipmentId": "1", "courier": 1, "trackPageUrl": None, "courierTrackPageUrl": "https://c.example/1"}
    created = innoship.create_awb(
        context(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body))), request()
    )

    assert isinstance(created, Created)
    assert created.tracking_url == "https://c.example/1"
