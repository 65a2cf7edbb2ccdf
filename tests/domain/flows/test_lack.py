"""Stock Unavailable, when a person says so."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import InvoiceAt
from domain.fulfilment.models import DeliveryNoteState
from domain.invoicing.models import Invoice
from domain.orders.errors import IllegalMove
from domain.orders.status import Status
from tests.domain.flows.moving import kinds, level, move, refused
from tests.support.builders import make_channel, make_order, make_variant
from tests.support.shipping import notes_of


@pytest.mark.spec("STK-3")
@pytest.mark.parametrize("status", [Status.DRAFT, Status.PROCESSING, Status.PAID])
async def test_it_is_refused_while_everything_is_there_and_names_what_is_not(
    session: AsyncSession, status: Status
) -> None:
    mug = await make_variant(session, "MUG", stock=2)
    enough = await make_order(session, [(mug, 2)], status=status)
    assert "in stock" in (await refused(session, enough, Status.STOCK_UNAVAILABLE, IllegalMove)).reason
    short = await move(
        session, await make_order(session, [(mug, 2), (mug, 1)], status=status), Status.STOCK_UNAVAILABLE
    )
    assert short.shortages == [{"sku": "MUG", "ordered": "3.000", "available": "2.000"}]


@pytest.mark.spec("STK-3")
async def test_a_confirmed_order_found_short_keeps_nothing_and_is_confirmed_again_with_its_one_invoice(
    session: AsyncSession,
) -> None:
    mug = await make_variant(session, "MUG", stock=3)
    channel = await make_channel(session, invoice_at=InvoiceAt.CONFIRMATION, auto_delivery_note=True)
    order = await move(session, await make_order(session, [(mug, 2)], channel=channel), Status.CONFIRMED)
    confirmed_at = order.confirmed_at
    order = await move(session, order, Status.STOCK_UNAVAILABLE, reason="shelf is empty")
    assert (order.status, order.shortages) == (Status.STOCK_UNAVAILABLE, [])
    assert await level(session, mug.id) == (3, 0)
    assert [note.state for note in await notes_of(session, order)] == [DeliveryNoteState.VOIDED]
    order = await move(session, order, Status.CONFIRMED)
    assert (await level(session, mug.id), order.confirmed_at) == ((3, 2), confirmed_at)
    assert [note.state for note in await notes_of(session, order)] == [
        DeliveryNoteState.VOIDED,
        DeliveryNoteState.OPEN,
    ]
    assert await session.scalar(select(func.count()).select_from(Invoice)) == 1
    assert (await kinds(session, order)).count("invoice_issued") == 1
