"""Partial delivery (spec STK-5): what there is is confirmed, and the rest of the same order is back-ordered.

The rest is reserved when its goods came, by a person's click, or cancelled. The order is delivered when nothing of it
remains (spec FUL-5). An invoice at confirmation or dispatch is of the whole order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, PaymentKind
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.kernel.texts import check_text
from domain.orders.errors import IllegalMove
from domain.orders.history import record
from domain.orders.models import Order, OrderLine
from domain.orders.queries import check_version, lines_of, order_for_update
from domain.orders.status import Status, Through, decide
from domain.payments.queries import amount_due
from domain.procurement.ask import ask_for, close_unwanted
from domain.stock.back_orders import back_order, back_orders_of, take_off
from domain.stock.errors import MissingStock, StockMissing
from domain.stock.models import BackOrder
from domain.stock.reserve import Wish, missing_now, reserve_part
from domain.stock.rules import NOTHING

from .effects.confirm import by_name, confirm, demands_of, enter_confirmed, record_reserved
from .facts import load_facts
from .fulfil import MAY_HAVE_NOTE, create_delivery_note
from .move import refuse

NEW = (Status.DRAFT, Status.PROCESSING, Status.PAID, Status.STOCK_UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPart:
    """`expected_version` is the version that was read; None asks for no check."""

    order_id: UUID
    expected_version: int | None = None
    reason: str | None = None


async def confirm_partly(session: AsyncSession, actor: Actor, command: ConfirmPart) -> Order:
    """Confirms an order with the goods that there are, line by line, and back-orders the rest; with all of them there
    it is confirmed as usual.

    Raises NotFound, StaleVersion, what the status table says of confirming, and StockMissing where there is nothing.
    """
    check_text("reason", command.reason)
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    facts = await load_facts(session, order, actor, through=Through.PART, stock=False)
    if not decide(facts, Status.CONFIRMED).allowed:
        refuse(await load_facts(session, order, actor, through=Through.PART), Status.CONFIRMED)
    if order.status not in NEW:
        raise IllegalMove(order.status, Status.CONFIRMED, (), "its goods are reserved already")
    channel = await session.get_one(Channel, order.channel_id)
    lines = await lines_of(session, order)
    wishes = _wishes(lines)
    if order.test or not wishes:
        await confirm(session, actor, order, Status.CONFIRMED, command.reason)
        return order
    taken = await reserve_part(session, order.id, channel.warehouse_id, wishes)
    if not taken:
        raise StockMissing(await missing_now(session, channel.warehouse_id, demands_of(lines)))
    rests = [wish._replace(quantity=wish.quantity - taken.get(wish.line_id, NOTHING)) for wish in wishes]
    rests = [rest for rest in rests if rest.quantity > 0]
    await back_order(session, order.id, channel.warehouse_id, rests)
    await record_reserved(session, actor, order, lines, taken)
    if rests:
        await _procure(session, actor, order, channel.warehouse_id, rests, lines)
    await enter_confirmed(session, actor, order, Status.CONFIRMED, command.reason, channel)
    return order


async def confirm_rest(session: AsyncSession, actor: Actor, command: ConfirmPart) -> Order:
    """Reserves what came meanwhile of the rest; what is still not there goes on waiting. Where the channel makes
    delivery notes by itself, it makes that of the rest.

    Raises NotFound, StaleVersion, StockMissing where nothing came, Invalid (NOTHING_WAITS) for an order without a rest,
    IllegalMove on hold.
    """
    order, rests = await locked_rests(session, command)
    wishes = [Wish(rest.order_line_id, rest.variant_id, rest.quantity) for rest in rests]
    taken = await reserve_part(session, order.id, rests[0].warehouse_id, wishes)
    lines = await lines_of(session, order)
    if not taken:
        raise StockMissing(_missing(rests, lines))
    await take_off(session, rests, taken)
    await record_reserved(session, actor, order, lines, taken)
    order.version += 1
    order.updated_at = utc_now()
    await close_unwanted(session, rests[0].warehouse_id, {rest.variant_id for rest in rests})
    channel = await session.get_one(Channel, order.channel_id)
    prepaid = order.payment_kind is PaymentKind.PREPAID
    if channel.auto_delivery_note and not (prepaid and await amount_due(session, order) > 0):
        await create_delivery_note(session, actor, order, taken)
    return order


async def locked_rests(session: AsyncSession, command: ConfirmPart) -> tuple[Order, Sequence[BackOrder]]:
    """The order, locked, and what of it waits. Raises as `confirm_rest` does."""
    check_text("reason", command.reason)
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    rests = await back_orders_of(session, order.id)
    if not rests:
        raise invalid(("id",), "NOTHING_WAITS", f"Nothing of order {order.number} is back-ordered.")
    if order.status not in MAY_HAVE_NOTE:
        raise IllegalMove(
            order.status, Status.CONFIRMED, (), f"it is {order.status.label}; resume it first", path=("id",)
        )
    return order, rests


def _wishes(lines: Sequence[OrderLine]) -> list[Wish]:
    return [
        Wish(line.id, line.variant_id, line.quantity)
        for line in lines
        if line.variant_id is not None and line.quantity > 0
    ]


async def _procure(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    warehouse_id: UUID,
    rests: Sequence[Wish],
    lines: Sequence[OrderLine],
) -> None:
    """The rest is written to history, and asked of Acquisitions."""
    lacking = {rest.variant_id: NOTHING for rest in rests}  # they are written among what waits
    numbers = await ask_for(session, actor, warehouse_id, lacking)
    waits = by_name(lines, {rest.line_id: rest.quantity for rest in rests})
    await record(session, order, "back_ordered", actor, {"lines": waits, "requests": sorted(numbers.values())})


def _missing(rests: Sequence[BackOrder], lines: Sequence[OrderLine]) -> list[MissingStock]:
    names = {line.id: line.sku or line.name for line in lines}
    return [MissingStock(names[rest.order_line_id], rest.quantity, NOTHING) for rest in rests]
