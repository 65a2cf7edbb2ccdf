"""Shipping and delivering by hand, for couriers that tell nothing."""

from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fulfilment.models import DeliveryNoteState
from domain.orders.errors import IllegalMove
from domain.orders.models import FulfilmentState
from domain.orders.status import Status
from domain.shipping.models import Shipment, ShipmentStatus, ShippingStarts
from tests.domain.flows.moving import history, level, move, refused
from tests.support.builders import make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment, notes_of


@pytest.mark.spec("FUL-4")
async def test_the_dispatch_step_hands_over_what_has_an_awb(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    order = await make_confirmed_order(session, lines=[(mug, 2)])
    account = await make_account(session, starts=ShippingStarts.DISPATCH)
    await refused(session, order, Status.SHIPPING, IllegalMove)
    shipment = await make_shipment(session, await make_packed(session, order), account)
    order = await move(session, order, Status.SHIPPING)
    assert (order.status, order.fulfilment_state) == (Status.SHIPPING, FulfilmentState.FULL)
    assert [note.state for note in await notes_of(session, order)] == [DeliveryNoteState.HANDED_OVER]
    assert await level(session, mug.id) == (3, 0)
    assert (await session.get_one(Shipment, shipment.id, populate_existing=True)).started_at is not None


@pytest.mark.spec("FUL-5")
async def test_delivered_by_hand_when_nothing_is_left_to_hand_over(session: AsyncSession) -> None:
    mug = await make_variant(session, "MUG", stock=5)
    order = await make_confirmed_order(session, lines=[(mug, 2)])
    account = await make_account(session)
    half = await make_packed(session, order, lines={order.lines[0].id: Decimal(1)})
    first = await make_shipment(session, half, account, awb="AWB-1")
    assert (await refused(session, order, Status.DELIVERED, IllegalMove)).from_ is Status.SHIPPING
    second = await make_shipment(session, await make_packed(session, order), account, awb="AWB-2")
    order = await move(session, order, Status.DELIVERED, reason="the driver called")
    assert order.status is Status.DELIVERED
    for shipment in (first, second):
        found = await session.get_one(Shipment, shipment.id, populate_existing=True)
        assert (found.status, found.final, found.delivered_at is not None) == (ShipmentStatus.DELIVERED, True, True)
    assert (await history(session, order))[-1].data == {"from": 4, "to": 5, "awbs": ["AWB-1", "AWB-2"]}


@pytest.mark.spec("ORD-3")
async def test_a_delivered_order_moves_no_further_by_hand(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    await make_shipment(session, await make_packed(session, order), await make_account(session))
    order = await move(session, order, Status.DELIVERED)
    for to in Status:
        assert (await refused(session, order, to, IllegalMove)).legal_moves == ()
