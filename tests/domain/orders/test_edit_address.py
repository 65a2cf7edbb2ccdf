"""Addresses can be edited until the goods leave (spec ORD-7)."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.flows.edit_order import EditOrder, edit_order
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.orders.edit_address import OPEN
from domain.orders.models import FulfilmentState, HistoryEntry, Order
from domain.orders.status import Status
from domain.shipping.models import ShipmentStatus
from tests.api.graphql.scenes import make_account, make_shipment
from tests.support.builders import ADDRESS, OPERATOR, load_order, make_order

pytestmark = pytest.mark.spec("ORD-7")

NEW = {"name": "Ana Pop", "city": "Cluj-Napoca", "country": "RO"}


async def edit(session: AsyncSession, order: Order, **fields: Any) -> Order:
    return await edit_order(session, OPERATOR, EditOrder(order_id=order.id, **fields))


async def history(session: AsyncSession, order: Order) -> list[HistoryEntry]:
    rows = await session.scalars(
        select(HistoryEntry).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq)
    )
    return list(rows)


async def test_the_whole_address_is_replaced(session: AsyncSession) -> None:
    order = await make_order(session, shipping={**ADDRESS, "email": "ion@example.ro"})
    version = order.version
    edited = await edit(session, order, shipping=NEW, expected_version=version)
    assert edited.shipping == {**NEW, "email": "ion@example.ro"}
    assert edited.billing == ADDRESS
    assert edited.version == version + 1
    last = (await history(session, order))[-1]
    assert (last.kind, last.actor) == ("address_changed", OPERATOR.label)
    assert last.data == {
        "shipping": {
            "from": {**ADDRESS, "email": "ion@example.ro"},
            "to": {**NEW, "email": "ion@example.ro"},
        }
    }


async def test_what_is_there_already_changes_nothing(session: AsyncSession) -> None:
    order = await make_order(session)
    before = (order.version, order.history_seq)
    await edit(session, order, shipping=ADDRESS, billing=ADDRESS)
    assert (order.version, order.history_seq) == before


@pytest.mark.parametrize("status", sorted(Status))
async def test_after_hand_over_addresses_stay(session: AsyncSession, status: Status) -> None:
    order = await make_order(session, status=status)
    if status in OPEN:
        assert (await edit(session, order, billing=NEW)).billing == NEW
        return
    with pytest.raises(Invalid) as refused:
        await edit(session, order, billing=NEW)
    assert refused.value.problems[0].code == "HANDED_OVER"
    assert (await load_order(session, order.id)).billing == ADDRESS


async def test_part_of_it_was_handed_over(session: AsyncSession) -> None:
    order = await make_order(session, status=Status.CONFIRMED)
    order.fulfilment_state = FulfilmentState.PARTIAL
    with pytest.raises(Invalid):
        await edit(session, order, shipping=NEW)


async def test_an_address_on_a_label_stays(session: AsyncSession) -> None:
    """Until its AWB is void; the billing address is not on it."""
    order = await make_order(session, status=Status.CONFIRMED)
    shipment = await make_shipment(session, order, await make_account(session))
    with pytest.raises(Invalid) as refused:
        await edit(session, order, shipping=NEW, billing=NEW)
    assert [(one.path, one.code) for one in refused.value.problems] == [(("shippingAddress",), "HAS_AWB")]
    assert (await edit(session, order, billing=NEW)).billing == NEW
    shipment.status = ShipmentStatus.VOIDED
    await session.flush()
    assert (await edit(session, order, shipping=NEW)).shipping == NEW


async def test_stale_and_unknown(session: AsyncSession) -> None:
    order = await make_order(session)
    with pytest.raises(StaleVersion):
        await edit(session, order, shipping=NEW, expected_version=order.version + 1)
    with pytest.raises(NotFound):
        await edit_order(session, OPERATOR, EditOrder(order_id=order.channel_id, shipping=NEW))
    assert (await session.scalar(select(func.count()).select_from(HistoryEntry))) == order.history_seq


@pytest.mark.parametrize(("name", "text"), [("city", "x" * 501), ("street", "a\x00b"), ("phone", "\ud800")])
async def test_texts_that_cannot_be_kept(session: AsyncSession, name: str, text: str) -> None:
    order = await make_order(session)
    with pytest.raises(Invalid) as refused:
        await edit(session, order, shipping={"name": "A", name: text}, billing={name: text})
    assert {one.path for one in refused.value.problems} == {("shippingAddress", name), ("billingAddress", name)}
