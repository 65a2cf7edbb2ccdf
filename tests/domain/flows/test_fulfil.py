"""From a confirmed order to an approved packing list."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.flows.fulfil import (
    CreatePackingList,
    Pack,
    approve_packing_list,
    create_delivery_note,
    create_packing_list,
    pack,
)
from domain.flows.move import MoveOrder, move_order
from domain.flows.place import NewPayment
from domain.fulfilment.errors import ParcelIncomplete
from domain.fulfilment.models import DeliveryNote, PackingState, Parcel
from domain.fulfilment.queries import noted_quantities
from domain.fulfilment.rules import ParcelSizes
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid
from domain.orders.errors import IllegalMove, PaymentMissing
from domain.orders.status import Status
from tests.support.builders import OPERATOR, make_order, make_variant
from tests.support.shipping import BOX, make_account, make_confirmed_order, make_packed, make_shipment


async def count_notes(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(DeliveryNote)) or 0


@pytest.mark.spec("FUL-1")
async def test_a_note_takes_everything_that_is_on_none(session: AsyncSession) -> None:
    order = await make_confirmed_order(session, lines=2)
    note = await create_delivery_note(session, OPERATOR, order)
    assert await noted_quantities(session, order.id) == {line.id: line.quantity for line in order.lines}
    assert note.number.startswith("DN-")
    with pytest.raises(Invalid) as refused:
        await create_delivery_note(session, OPERATOR, order)
    assert refused.value.problems[0].code == "NOTHING_LEFT"


@pytest.mark.spec("FUL-1")
async def test_a_note_may_take_a_part_and_never_more_than_is_left(session: AsyncSession) -> None:
    variant = await make_variant(session, stock=5)
    order = await make_confirmed_order(session, lines=[(variant, 5)])
    [line] = order.lines
    await create_delivery_note(session, OPERATOR, order, {line.id: Decimal(2)})
    with pytest.raises(Invalid) as refused:
        await create_delivery_note(session, OPERATOR, order, {line.id: Decimal(4)})
    assert [(p.path, p.code) for p in refused.value.problems] == [(("lines", "0", "quantity"), "TOO_MUCH")]
    await create_delivery_note(session, OPERATOR, order, {line.id: Decimal(3)})
    assert await noted_quantities(session, order.id) == {line.id: Decimal(5)}


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001"])
async def test_quantities_that_mean_nothing_are_refused(session: AsyncSession, quantity: str) -> None:
    order = await make_confirmed_order(session)
    with pytest.raises(Invalid) as refused:
        await create_delivery_note(session, OPERATOR, order, {order.lines[0].id: Decimal(quantity)})
    assert refused.value.problems[0].code == "OUT_OF_RANGE"
    with pytest.raises(Invalid) as unknown:
        await create_delivery_note(session, OPERATOR, order, {new_id(): Decimal(1)})
    assert unknown.value.problems[0].path == ("lines", "0", "line")
    with pytest.raises(Invalid) as empty:
        await create_delivery_note(session, OPERATOR, order, {})
    assert empty.value.problems[0].code == "EMPTY"
    assert await count_notes(session) == 0


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED, Status.STOCK_UNAVAILABLE])
async def test_an_order_that_is_not_confirmed_has_no_note(session: AsyncSession, status: Status) -> None:
    order = await make_order(session, status=status)
    with pytest.raises(IllegalMove):
        await create_delivery_note(session, OPERATOR, order)
    assert await count_notes(session) == 0


@pytest.mark.spec("ORD-4")
async def test_a_prepaid_order_has_no_note_before_it_is_paid(session: AsyncSession) -> None:
    order = await make_confirmed_order(session, payment_kind=PaymentKind.PREPAID)
    with pytest.raises(PaymentMissing) as refused:
        await create_delivery_note(session, OPERATOR, order)
    assert refused.value.due.amount == order.total
    assert await count_notes(session) == 0


@pytest.mark.spec("ORD-4")
async def test_a_prepaid_order_that_is_paid_has_its_note(session: AsyncSession) -> None:
    order = await make_confirmed_order(
        session, payment_kind=PaymentKind.PREPAID, payments=[NewPayment(amount=Decimal("121.00"))]
    )
    assert (await create_delivery_note(session, OPERATOR, order)).order_id == order.id


@pytest.mark.spec("FUL-2")
async def test_asking_twice_for_the_packing_list_gives_the_same(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    note = await create_delivery_note(session, OPERATOR, order)
    first = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))
    again = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))
    assert first.id == again.id
    assert first.state is PackingState.DRAFT


@pytest.mark.spec("FUL-2")
async def test_a_parcel_without_its_weight_is_refused_and_nothing_is_stored(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    note = await create_delivery_note(session, OPERATOR, order)
    created = await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))
    lacking = ParcelSizes(length_cm=Decimal(1), width_cm=Decimal(1), height_cm=Decimal(1))
    seq = order.history_seq
    with pytest.raises(ParcelIncomplete) as refused:
        await pack(session, OPERATOR, Pack(packing_list_id=created.id, parcels=(BOX, lacking)))
    assert [(p.number, p.missing) for p in refused.value.parcels] == [(2, ("weightKg",))]
    assert await session.scalar(select(func.count()).select_from(Parcel)) == 0
    assert (created.state, order.history_seq) == (PackingState.DRAFT, seq)
    with pytest.raises(ParcelIncomplete):
        await approve_packing_list(session, OPERATOR, created.id)


@pytest.mark.spec("FUL-2")
async def test_parcels_may_be_measured_anew_until_there_is_an_awb(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    approved = await make_packed(session, order, parcels=2)
    assert approved.state is PackingState.APPROVED
    again = await pack(session, OPERATOR, Pack(packing_list_id=approved.id, parcels=(BOX,)))
    assert again.state is PackingState.PACKED
    rows = await session.scalars(select(Parcel.number).where(Parcel.packing_list_id == approved.id))
    assert list(rows) == [1]
    await approve_packing_list(session, OPERATOR, approved.id)
    await make_shipment(session, again, await make_account(session))
    with pytest.raises(Invalid) as refused:
        await pack(session, OPERATOR, Pack(packing_list_id=approved.id, parcels=(BOX,)))
    assert refused.value.problems[0].code == "HAS_AWB"


async def test_a_void_note_is_not_packed(session: AsyncSession) -> None:
    order = await make_confirmed_order(session)
    note = await create_delivery_note(session, OPERATOR, order)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CANCELLED))
    with pytest.raises(Invalid) as refused:
        await create_packing_list(session, OPERATOR, CreatePackingList(delivery_note_id=note.id))
    assert refused.value.problems[0].code == "VOIDED"
