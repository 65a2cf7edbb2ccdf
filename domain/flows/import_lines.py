"""Writing what the channel says was bought over what we have, before the order is confirmed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.intake.types import IncomingOrder
from domain.kernel.ids import new_id
from domain.orders.models import Order, OrderCharge, OrderLine
from domain.orders.totals import order_totals
from domain.payments.queries import payment_sums
from domain.payments.rules import payment_state

from .import_contents import contents
from .place import NewCharge, NewLine
from .rediscount import leave_to_store

_AMOUNTS = ("quantity", "unit_price", "price_source", "subtotal", "discount", "tax_rate", "tax", "total")


async def write_lines(
    session: AsyncSession, order: Order, incoming: IncomingOrder, variants: Mapping[str, UUID | None]
) -> None:
    """Lines, charges, discounts, currency, totals and payment state become the channel's.

    `variants` names the products of lines that are new or got another product; the other lines keep id, product and
    name. The order's row is locked, its lines and charges are loaded, and nothing is reserved for them yet.
    """
    what = contents(incoming, variants)
    await _write_lines(session, order, what.lines, variants)
    await _write_charges(session, order, what.charges)
    await leave_to_store(session, order, what.discounts)
    totals = order_totals(what.lines, what.charges)
    order.currency = incoming.currency
    for name in ("subtotal", "discount_total", "fee_total", "shipping_total", "tax_total", "total"):
        setattr(order, name, getattr(totals, name))
    sums = await payment_sums(session, order.id)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
    await session.flush()
    await session.refresh(order, ["lines", "charges"])


async def _write_lines(
    session: AsyncSession, order: Order, lines: Sequence[NewLine], variants: Mapping[str, UUID | None]
) -> None:
    ours = {line.external_id: line for line in order.lines}
    place = max((line.position for line in order.lines), default=-1)
    for external_id in ours.keys() - {line.external_id for line in lines}:
        await session.delete(ours[external_id])
    for line in lines:
        kept = ours.get(line.external_id)
        if kept is None:
            place += 1
            kept = OrderLine(id=line.id, order_id=order.id, position=place, external_id=line.external_id)
            session.add(kept)
        if line.external_id in variants:
            kept.variant_id, kept.sku, kept.name = line.variant_id, line.sku, line.name
        for name in _AMOUNTS:
            setattr(kept, name, getattr(line, name))


async def _write_charges(session: AsyncSession, order: Order, charges: Sequence[NewCharge]) -> None:
    for old in order.charges:
        await session.delete(old)
    session.add_all(
        OrderCharge(
            id=new_id(),
            order_id=order.id,
            position=position,
            kind=charge.kind,
            title=charge.title,
            code=charge.code,
            amount=charge.amount,
            tax=charge.tax,
        )
        for position, charge in enumerate(charges)
    )
