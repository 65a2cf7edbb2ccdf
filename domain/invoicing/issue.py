"""Issuing invoices and crediting them; numbers have no gaps, whoever races (spec INV-1).

A number is taken under its series' row lock, the last lock that a transaction takes, so that a rolled back
transaction gives its number back and the next waits only for a commit.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.channels.models import Channel, ChannelSeriesPast
from domain.customers.models import Customer
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.queries import charges_of as order_charges
from domain.orders.queries import lines_of as order_lines

from .contents import buyer_of, lines_of, negated
from .entities import seller_of
from .models import Invoice, InvoiceKind, InvoiceSeries, LegalEntity


async def issue_invoice(session: AsyncSession, actor: Actor, order: Order) -> Invoice | None:
    """Issues the order's invoice; the order's row is locked. One that lives already is returned as it is.

    A test order gets none (spec ORD-11).
    """
    if order.test:
        return None
    live = await live_invoice(session, order.id)
    if live is not None:
        return live
    contents = lines_of(await order_lines(session, order), await order_charges(session, order))
    customer = await session.get(Customer, order.customer_id) if order.customer_id else None
    series_id, _ = await _series_of(session, order)
    seller = await _seller(session, series_id)
    number, prefix = await _take_number(session, series_id)
    invoice = Invoice(
        id=new_id(),
        series_id=series_id,
        number=number,
        display_number=f"{prefix}-{number}",
        kind=InvoiceKind.INVOICE,
        order_id=order.id,
        issued_at=utc_now(),
        currency=order.currency,
        net=order.total - order.tax_total,
        tax=order.tax_total,
        total=order.total,
        seller=seller,
        buyer=buyer_of(order, customer),
        lines=contents,
        credited=False,
    )
    session.add(invoice)
    await record(
        session, order, "invoice_issued", actor, {"number": invoice.display_number, "total": str(invoice.total)}
    )
    await session.flush()
    return invoice


async def credit_invoice(
    session: AsyncSession, actor: Actor, order: Order, reason: str | None = None
) -> Invoice | None:
    """Issues the credit note of the order's live invoice, if it has one; the order's row is locked."""
    invoice = await live_invoice(session, order.id)
    if invoice is None:
        return None
    _, series_id = await _series_of(session, order)
    number, prefix = await _take_number(session, series_id)
    note = Invoice(
        id=new_id(),
        series_id=series_id,
        number=number,
        display_number=f"{prefix}-{number}",
        kind=InvoiceKind.CREDIT_NOTE,
        order_id=order.id,
        credits_id=invoice.id,
        issued_at=utc_now(),
        currency=invoice.currency,
        net=-invoice.net,
        tax=-invoice.tax,
        total=-invoice.total,
        seller=invoice.seller,
        buyer=invoice.buyer,
        lines=negated(invoice.lines),
        credited=False,
    )
    invoice.credited = True
    session.add(note)
    await record(
        session,
        order,
        "credit_note_issued",
        actor,
        {"number": note.display_number, "credits": invoice.display_number, "total": str(note.total)},
        reason,
    )
    await session.flush()
    return note


async def live_invoice(session: AsyncSession, order_id: UUID) -> Invoice | None:
    """The order's invoice that was not credited; there is at most one."""
    return await session.scalar(
        select(Invoice).where(
            Invoice.order_id == order_id, Invoice.kind == InvoiceKind.INVOICE, Invoice.credited.is_(False)
        )
    )


def _then(column: InstrumentedAttribute[UUID]) -> ColumnElement[Any]:
    """A series that the channel had when the order was entered, if its legal entity is another one now."""
    past = ChannelSeriesPast
    at = select(column).where(past.channel_id == Channel.id, past.until > bindparam("entered"))
    return at.order_by(past.until).limit(1).scalar_subquery()


_SERIES = select(
    func.coalesce(_then(ChannelSeriesPast.invoice_series_id), Channel.invoice_series_id),
    func.coalesce(_then(ChannelSeriesPast.credit_series_id), Channel.credit_series_id),
).where(Channel.id == bindparam("channel"))


async def _series_of(session: AsyncSession, order: Order) -> tuple[UUID, UUID]:
    """The series of the order's invoice and of its credit note (spec CHN-4); one statement, so that a channel that is
    changed meanwhile is seen as it was or as it is."""
    row = (await session.execute(_SERIES, {"channel": order.channel_id, "entered": order.created_at})).one()
    return row[0], row[1]


async def _seller(session: AsyncSession, series_id: UUID) -> Json:
    entity = select(LegalEntity).join(InvoiceSeries, InvoiceSeries.legal_entity_id == LegalEntity.id)
    return seller_of((await session.scalars(entity.where(InvoiceSeries.id == series_id))).one())


async def _take_number(session: AsyncSession, series_id: UUID) -> tuple[int, str]:
    row = await session.execute(
        update(InvoiceSeries)
        .where(InvoiceSeries.id == series_id)
        .values(next_number=InvoiceSeries.next_number + 1)
        .returning(InvoiceSeries.next_number - 1, InvoiceSeries.prefix)
        .execution_options(synchronize_session=False)
    )
    number, prefix = row.one()
    return number, prefix
