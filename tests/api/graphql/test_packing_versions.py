"""Two people at one order or packing list: the one who read an older version changes nothing."""

import asyncio
from typing import Any

import pytest

from domain.flows.fulfil import CreatePackingList, create_packing_list
from domain.flows.move import MoveOrder, move_order
from domain.flows.note import AskDeliveryNote, ask_delivery_note
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.support.builders import OPERATOR, make_order

pytestmark = pytest.mark.spec("ORD-7")

PACK = """mutation ($input: PackInput!) { packingListPack(input: $input) {
    __typename ... on PackingList { version state parcels { weightKg } } ... on StaleVersion { currentVersion } } }"""
APPROVE = """mutation ($id: ID!, $version: Int) { packingListApprove(id: $id, expectedVersion: $version) {
    __typename ... on PackingList { version state } ... on StaleVersion { currentVersion changes { kind } } } }"""
NOTE = """mutation ($input: DeliveryNoteInput!) { deliveryNoteCreate(input: $input) {
    __typename ... on DeliveryNote { number } ... on StaleVersion { currentVersion changes { kind } } } }"""


def parcels(kilograms: int) -> list[dict[str, int]]:
    return [{"lengthCm": 10, "widthCm": 10, "heightCm": 10, "weightKg": kilograms}]


@pytest.mark.spec("FUL-2")
async def test_a_packing_list_that_was_packed_meanwhile_is_not_overwritten(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
        note = await ask_delivery_note(session, OPERATOR, AskDeliveryNote(order_id=order.id))
        packing = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))

    async def pack(kilograms: int) -> Any:
        given = {"id": str(packing.id), "parcels": parcels(kilograms), "expectedVersion": 1}
        return (await api.data(PACK, {"input": given}))["packingListPack"]

    answers = await asyncio.gather(pack(1), pack(2), pack(3))
    assert sorted(one["__typename"] for one in answers) == ["PackingList", "StaleVersion", "StaleVersion"]
    assert {one.get("currentVersion", one.get("version")) for one in answers} == {2}
    stale = (await api.data(APPROVE, {"id": str(packing.id), "version": 1}))["packingListApprove"]
    assert stale == {"__typename": "StaleVersion", "currentVersion": 2, "changes": []}
    approved = (await api.data(APPROVE, {"id": str(packing.id), "version": 2}))["packingListApprove"]
    assert approved == {"__typename": "PackingList", "version": 3, "state": "APPROVED"}


@pytest.mark.spec("FUL-1")
async def test_no_delivery_note_for_an_order_that_changed_meanwhile(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session)
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    given = {"order": str(order.id), "expectedVersion": 1}
    stale = (await api.data(NOTE, {"input": given}))["deliveryNoteCreate"]
    assert stale["currentVersion"] == 2
    assert "status_changed" in [entry["kind"] for entry in stale["changes"]]
    made = (await api.data(NOTE, {"input": {**given, "expectedVersion": 2}}))["deliveryNoteCreate"]
    assert made["__typename"] == "DeliveryNote"
