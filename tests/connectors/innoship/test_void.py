"""Voiding an AWB: once, twice, too late."""

import httpx
import pytest

from connectors import innoship
from connectors.innoship.settings import Ctx
from omnisales_sdk import Created, Refused, ShipmentRef, TryLater, Voided
from omnisales_sdk.testing.sandbox import Fault

from .support import Sandbox, context, request


@pytest.fixture
def shipment(ctx: Ctx) -> ShipmentRef:
    created = innoship.create_awb(ctx, request())
    assert isinstance(created, Created)
    return ShipmentRef(key="OMS-1", awb=created.awb, refs=created.refs)


@pytest.mark.spec("FUL-6")
def test_an_awb_is_voided_and_twice_is_harmless(sandbox: Sandbox, ctx: Ctx, shipment: ShipmentRef) -> None:
    assert innoship.void_awb(ctx, shipment) == Voided(already=False)
    assert innoship.void_awb(ctx, shipment) == Voided(already=True)
    assert [order["cancelled"] for order in sandbox.state()["orders"]] == [True]


@pytest.mark.parametrize("kind", ["lost_answer", "error_after_act"])
def test_a_void_whose_answer_is_lost_is_simply_done_again(
    sandbox: Sandbox, ctx: Ctx, shipment: ShipmentRef, kind: str
) -> None:
    sandbox.faults.add(Fault(kind=kind, match="DELETE"))  # type: ignore[arg-type]

    with pytest.raises(TryLater):
        innoship.void_awb(ctx, shipment)

    assert innoship.void_awb(ctx, shipment) == Voided(already=True)


def test_a_parcel_on_its_way_is_not_voided(sandbox: Sandbox, ctx: Ctx, shipment: ShipmentRef) -> None:
    sandbox.control("advance", {"awb": shipment.awb, "status_id": 2})

    answer = innoship.void_awb(ctx, shipment)

    assert isinstance(answer, Refused)
    assert "handed over to the courier" in answer.problems[0].message
    assert [order["cancelled"] for order in sandbox.state()["orders"]] == [False]


def test_what_the_courier_cancelled_itself_is_void(sandbox: Sandbox, ctx: Ctx, shipment: ShipmentRef) -> None:
    sandbox.control("advance", {"awb": shipment.awb, "status_id": 107})

    assert innoship.void_awb(ctx, shipment) == Voided(already=True)


def test_an_awb_that_innoship_does_not_know_is_void(ctx: Ctx) -> None:
    assert innoship.void_awb(ctx, ShipmentRef(key="k", awb="000", refs={"courier_id": "1"})) == Voided(already=True)


def test_a_refusal_that_tracking_contradicts_stays_a_refusal() -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        if asked.method == "DELETE":
            return httpx.Response(404, json={"errors": [{"message": "not found"}], "correlationId": "c-1"})
        return httpx.Response(200, json=[{"shipmentAwb": "1", "courier": 1, "currentStatusId": 20}])

    ctx = context(transport=httpx.MockTransport(answer))
    outcome = innoship.void_awb(ctx, ShipmentRef(key="k", awb="1", refs={"courier_id": "1"}))

    assert isinstance(outcome, Refused)
    assert outcome.problems[0].message == "not found (Innoship reference c-1)"


def test_a_refusal_about_an_awb_that_tracking_does_not_show_yet_stays_a_refusal() -> None:
    def answer(asked: httpx.Request) -> httpx.Response:
        return httpx.Response(400) if asked.method == "DELETE" else httpx.Response(200, json=[])

    ctx = context(transport=httpx.MockTransport(answer))
    assert isinstance(innoship.void_awb(ctx, ShipmentRef(key="k", awb="1", refs={"courier_id": "1"})), Refused)


@pytest.mark.parametrize("shipment", [ShipmentRef(key="k", awb=None), ShipmentRef(key="k", awb="1")])
def test_an_awb_not_known_yet_cannot_be_voided(shipment: ShipmentRef) -> None:
    answer = innoship.void_awb(context(), shipment)

    assert isinstance(answer, Refused)
    assert [(problem.path, problem.code) for problem in answer.problems] == [("awb", "required")]
