"""awbCreate stores the request, a worker asks the courier, and the answer waits for what came of it (spec FUL-3)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from api.graphql.mutations.shipping import awb_create as module
from domain.flows.ship import awb_refused, awb_succeeded, awb_unknown
from domain.kernel.outbox import OutboxRow
from domain.kernel.refusals import Problem
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.models import Shipment
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account, make_packing_list
from tests.support.builders import make_order

pytestmark = pytest.mark.spec("FUL-3")

AWB = """mutation ($input: AwbInput!) { awbCreate(input: $input) {
    ... on Shipment { id status awb courier cashOnDelivery { amount currency } }
    ... on CourierRefused { code message problems { path code message } }
    ... on Invalid { problems { path code } } } }"""


async def packed(api: Api, account: str = "hand") -> tuple[Order, dict[str, Any]]:
    """A confirmed order and the input that asks for its AWB."""
    async with api.database.begin() as session:
        order = await make_order(session, status=Status.CONFIRMED)
        packing = await make_packing_list(session, order)
        await make_account(session, account)
    return order, {"packingList": str(packing.id), "account": account}


async def only_shipment(api: Api) -> UUID:
    """Waits until the request is stored."""
    for _ in range(100):
        async with api.database.read() as connection:
            found = (await connection.execute(select(Shipment.id))).scalar_one_or_none()
        if found is not None:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("no shipment was asked for")


async def test_the_answer_waits_for_the_courier(api: Api) -> None:
    order, wanted = await packed(api)
    asked = asyncio.create_task(api.data(AWB, {"input": wanted}))
    shipment_id = await only_shipment(api)
    async with api.database.begin() as session:
        await awb_succeeded(session, shipment_id, awb="RO-1", refs={}, tracking_url=None, price=None)
    assert (await asked)["awbCreate"] == {
        "id": str(shipment_id),
        "status": "CREATED",
        "awb": "RO-1",
        "courier": "hand",
        "cashOnDelivery": {"amount": str(order.total), "currency": "RON"},
    }
    async with api.database.read() as connection:
        work = (
            await connection.execute(select(OutboxRow.payload).where(OutboxRow.consumer == "awb_create"))
        ).scalar_one()
    assert work == {"shipment_id": str(shipment_id)}


async def test_a_refusal_of_the_courier_is_the_answer(api: Api) -> None:
    """With the courier's reasons; asked again by the same key, it is told again and nothing is asked."""
    _, wanted = await packed(api)
    asked = asyncio.create_task(api.data(AWB, {"input": wanted}, Idempotency_Key="k-1"))
    shipment_id = await only_shipment(api)
    reasons = [Problem(("recipient", "postcode"), "BAD_POSTCODE", "There is no postcode 000.")]
    async with api.database.begin() as session:
        await awb_refused(session, shipment_id, reasons)
    first = (await asked)["awbCreate"]
    assert first["code"] == "COURIER_REFUSED"
    assert first["problems"] == [
        {"path": ["recipient", "postcode"], "code": "BAD_POSTCODE", "message": "There is no postcode 000."}
    ]
    again = (await api.data(AWB, {"input": wanted}, Idempotency_Key="k-1"))["awbCreate"]
    assert again == first
    async with api.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(Shipment))).scalar_one() == 1


async def test_a_courier_that_does_not_answer(api: Api) -> None:
    """UNKNOWN is told at once: it is asked about by a worker, and a repeat asks for no second AWB."""
    _, wanted = await packed(api)
    asked = asyncio.create_task(api.data(AWB, {"input": wanted}))
    shipment_id = await only_shipment(api)
    async with api.database.begin() as session:
        await awb_unknown(session, shipment_id, "no answer within 30 s")
    assert (await asked)["awbCreate"]["status"] == "UNKNOWN"
    again = (await api.data(AWB, {"input": wanted}))["awbCreate"]
    assert (again["id"], again["status"]) == (str(shipment_id), "UNKNOWN")
    resolve = """mutation ($input: AwbResolveInput!) { awbResolve(input: $input) {
        __typename ... on Shipment { status awb } } }"""
    done = await api.data(resolve, {"input": {"id": str(shipment_id), "awb": "RO-9"}})
    assert done["awbResolve"] == {"__typename": "Shipment", "status": "CREATED", "awb": "RO-9"}
    assert (await api.data(resolve, {"input": {"id": str(shipment_id)}}))["awbResolve"] == {"__typename": "Invalid"}


async def test_the_answer_does_not_wait_for_ever(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT", 0.1)
    _, wanted = await packed(api)
    answer = (await api.data(AWB, {"input": wanted}))["awbCreate"]
    assert (answer["status"], answer["awb"]) == ("REQUESTED", None)


@pytest.mark.parametrize("account", ["none", ""])
async def test_an_unknown_account(api: Api, account: str) -> None:
    _, wanted = await packed(api)
    query = AWB.replace("... on Invalid { problems { path code } }", "... on NotFound { code path }")
    answer = (await api.data(query, {"input": {**wanted, "account": account}}))["awbCreate"]
    assert answer == {"code": "NOT_FOUND", "path": ["account"]}
    async with api.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(Shipment))).scalar_one() == 0


async def test_void_asks_the_courier(api: Api) -> None:
    _, wanted = await packed(api)
    asked = asyncio.create_task(api.data(AWB, {"input": wanted}))
    shipment_id = await only_shipment(api)
    void = """mutation ($id: ID!) { awbVoid(id: $id) { __typename ... on Shipment { status }
        ... on Invalid { problems { code } } } }"""
    early = await api.data(void, {"id": str(shipment_id)})
    assert early["awbVoid"] == {"__typename": "Invalid", "problems": [{"code": "IN_PROGRESS"}]}
    async with api.database.begin() as session:
        await awb_succeeded(session, shipment_id, awb="RO-1", refs={}, tracking_url=None, price=None)
    await asked
    for _ in range(2):
        assert (await api.data(void, {"id": str(shipment_id)}))["awbVoid"] == {
            "__typename": "Shipment",
            "status": "CREATED",
        }
    async with api.database.read() as connection:
        wishes = select(func.count()).select_from(OutboxRow).where(OutboxRow.consumer == "awb_void")
        assert (await connection.execute(wishes)).scalar_one() == 1
