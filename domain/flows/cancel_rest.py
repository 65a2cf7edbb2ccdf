"""What was back-ordered will not come: the order becomes what is there (spec STK-5).

The lines fall to what is reserved or was handed over, with their amounts, and the totals follow. An invoice of the
whole order is credited, and one of what remains issued. Money that was paid too much is shown by the payment state; a
person gives it back. A courier must not collect what is not due any more: see `check_cash`.
"""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.invoicing.issue import credit_invoice, issue_invoice
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.money import to_cents
from domain.kernel.refusals import invalid
from domain.orders.history import contents_data, record
from domain.orders.models import Order, OrderLine
from domain.orders.queries import charges_of, lines_of
from domain.orders.totals import line_amounts, order_totals
from domain.payments.queries import payment_sums
from domain.payments.rules import payment_state
from domain.procurement.ask import close_unwanted
from domain.stock.back_orders import drop_back_orders

from .cash import check_cash
from .confirm_part import ConfirmPart, locked_rests
from .deliver import deliver_if_complete, derive_fulfilment
from .shrink_discounts import Shrunk, shrink_discounts


async def cancel_rest(session: AsyncSession, actor: Actor, command: ConfirmPart) -> Order:
    """Takes what waits off the order; it is delivered if all else of it was.

    Raises NotFound, StaleVersion, Invalid without a reason (MISSING) or a rest (NOTHING_WAITS) or with an AWB
    that would collect too much (HAS_AWB), IllegalMove on hold.
    """
    if not (command.reason or "").strip():
        raise invalid(("reason",), "MISSING", "Say why the rest is not delivered.")
    order, rests = await locked_rests(session, command)
    lines = await lines_of(session, order)
    charges = await charges_of(session, order)
    before = contents_data(lines, charges)
    gone = {rest.order_line_id: rest.quantity for rest in rests}
    shrunk = [Shrunk(line, line.quantity, line.subtotal) for line in lines if line.id in gone]
    for one in shrunk:
        _shrink(one.line, gone[one.line.id])
    await shrink_discounts(session, order, shrunk)
    await drop_back_orders(session, order.id)
    totals = order_totals(lines, charges)
    for name in totals.__dataclass_fields__:
        setattr(order, name, getattr(totals, name))
    sums = await payment_sums(session, order.id)
    await check_cash(session, order, sums.paid - sums.refunded)
    order.payment_state = payment_state(order.total, sums.paid, sums.refunded)
    order.version += 1
    order.updated_at = utc_now()
    await session.flush()
    data = {
        **contents_data(lines, charges),
        "payment_state": order.payment_state,
        "before": before,
        "version": order.version,
    }
    await record(session, order, "lines_changed", actor, data, command.reason)
    await close_unwanted(session, rests[0].warehouse_id, {rest.variant_id for rest in rests})
    await derive_fulfilment(session, order)
    await deliver_if_complete(session, actor, order)
    if await credit_invoice(session, actor, order, command.reason) is not None:
        await issue_invoice(session, actor, order)
    return order


def _shrink(line: OrderLine, quantity: Decimal) -> None:
    """Takes a quantity off a line, and of its discount the same share.

    Its amounts are worked out from price and tax rate, if they were until now; else (a store has its own ways of
    rounding) they fall in the same share, each rounded to the ban.
    """
    before = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=line.discount)
    share = (line.quantity - quantity) / line.quantity
    line.quantity -= quantity
    line.discount = to_cents(line.discount * share)
    if (before.subtotal, before.tax) == (line.subtotal, line.tax):
        gross = line_amounts(line.quantity, line.unit_price).subtotal
        line.discount = min(line.discount, gross)
        amounts = line_amounts(line.quantity, line.unit_price, tax_rate=line.tax_rate, discount=line.discount)
        line.subtotal, line.tax = amounts.subtotal, amounts.tax
    else:
        line.subtotal, line.tax = to_cents(line.subtotal * share), to_cents(line.tax * share)
    line.total = line.subtotal - line.discount + line.tax
