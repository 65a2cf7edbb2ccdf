"""Invoices are issued when the channel says: at confirmation, at dispatch, or by hand (INV-1, CHN-2)."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, InvoiceAt
from domain.channels.settings import Settings
from domain.channels.update import UpdateChannel, update_channel
from domain.flows.invoice import IssueByHand, issue_by_hand
from domain.invoicing.issue import live_invoice
from domain.kernel.refusals import Invalid, StaleVersion
from domain.orders.models import Order
from domain.orders.status import Status
from tests.domain.flows.moving import kinds, move
from tests.support.builders import OPERATOR, make_channel, make_order
from tests.support.shipping import notes_of


async def channel_with(session: AsyncSession, **settings: object) -> Channel:
    command = UpdateChannel(channel_id=(await make_channel(session)).id, settings=Settings(**settings))  # type: ignore[arg-type]
    return await update_channel(session, OPERATOR, command)


async def by_hand(session: AsyncSession, order: Order, version: int | None = None) -> Order:
    return await issue_by_hand(session, OPERATOR, IssueByHand(order_id=order.id, expected_version=version))


@pytest.mark.spec("INV-1")
@pytest.mark.spec("CHN-2")
@pytest.mark.parametrize("when", InvoiceAt)
async def test_the_invoice_comes_when_the_channel_says(session: AsyncSession, when: InvoiceAt) -> None:
    order = await make_order(session, channel=await channel_with(session, invoice_at=when))
    order = await move(session, order, Status.CONFIRMED)
    assert (await live_invoice(session, order.id) is not None) is (when is InvoiceAt.CONFIRMATION)


@pytest.mark.spec("CHN-2")
@pytest.mark.parametrize("automatic", [True, False])
async def test_the_delivery_note_comes_by_itself_where_the_channel_says_so(
    session: AsyncSession, automatic: bool
) -> None:
    order = await make_order(session, channel=await channel_with(session, auto_delivery_note=automatic))
    await move(session, order, Status.CONFIRMED)
    assert len(await notes_of(session, order)) == int(automatic)


@pytest.mark.spec("INV-1")
async def test_a_confirmed_order_is_invoiced_by_hand_once(session: AsyncSession) -> None:
    order = await make_order(session, channel=await channel_with(session, invoice_at=InvoiceAt.MANUAL))
    order = await move(session, order, Status.CONFIRMED)
    with pytest.raises(StaleVersion):
        await by_hand(session, order, order.version - 1)
    await by_hand(session, order, order.version)
    first = await live_invoice(session, order.id)
    await by_hand(session, order, order.version)
    assert first is not None
    assert await live_invoice(session, order.id) is first
    assert (await kinds(session, order)).count("invoice_issued") == 1


@pytest.mark.spec("INV-1")
@pytest.mark.parametrize(
    ("status", "test", "code"),
    [
        (Status.DRAFT, False, "NOT_CONFIRMED"),
        (Status.PENDING_PAYMENT, False, "NOT_CONFIRMED"),
        (Status.DRAFT, True, "TEST_ORDER"),
    ],
)
async def test_what_is_not_sold_yet_has_no_invoice(
    session: AsyncSession, status: Status, test: bool, code: str
) -> None:
    order = await make_order(session, status=status, test=test)
    with pytest.raises(Invalid) as refusal:
        await by_hand(session, order)
    assert [(one.path, one.code) for one in refusal.value.problems] == [(("id",), code)]
    assert await live_invoice(session, order.id) is None


@pytest.mark.spec("INV-1")
async def test_a_cancelled_order_gets_no_invoice(session: AsyncSession) -> None:
    order = await make_order(session, channel=await channel_with(session, invoice_at=InvoiceAt.MANUAL))
    await move(session, order, Status.CONFIRMED)
    await move(session, order, Status.CANCELLED, reason="not wanted")
    with pytest.raises(Invalid) as refusal:
        await by_hand(session, order)
    assert refusal.value.problems[0].code == "NOT_CONFIRMED"
