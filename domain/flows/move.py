"""Everything that moves an order comes by here: the facts are loaded under its lock, the status table decides, and
the effects of entering the status run in the same transaction (spec ORD-3, ORD-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.refusals import Forbidden
from domain.kernel.texts import check_text
from domain.orders.errors import IllegalMove, NotApproved, PaymentMissing
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import TABLE, Code, MoveFacts, Status, Through, decide, legal_moves, moves_from
from domain.stock.errors import MissingStock, StockMissing

from .effects import Effect
from .effects.cancel import cancel
from .effects.confirm import confirm
from .effects.deliver import deliver
from .effects.hold import hold, resume
from .effects.lack import lack
from .effects.ship import ship
from .enter_status import enter_status
from .facts import load_facts

EFFECTS: Mapping[Status, Effect] = {
    Status.CONFIRMED: confirm,
    Status.READY: confirm,
    Status.STOCK_UNAVAILABLE: lack,
    Status.ON_HOLD: hold,
    Status.SHIPPING: ship,
    Status.DELIVERED: deliver,
    Status.CANCELLED: cancel,
}
"""What entering a status does; the others are only entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOrder:
    """`expected_version` is the version that the mover read; a stale one is refused. None asks for no check."""

    order_id: UUID
    to: Status
    expected_version: int | None = None
    reason: str | None = None


async def move_order(session: AsyncSession, actor: Actor, command: MoveOrder) -> Order:
    """Moves an order. Confirming one without stock succeeds: it is then in Stock Unavailable.

    Raises NotFound, StaleVersion, and what the table says: IllegalMove, NotApproved, PaymentMissing, StockMissing,
    Forbidden. Nothing is changed then.
    """
    check_text("reason", command.reason)
    order = await order_for_update(session, command.order_id)
    check_version(order, command.expected_version)
    return await move_locked(session, actor, order, command.to, reason=command.reason)


async def move_locked(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    to: Status,
    *,
    reason: str | None = None,
    through: Through | None = None,
) -> Order:
    """The same for an order whose row the caller holds locked; `through` names the flow that asks."""
    # Confirming looks at the stock under its lock; here it matters only for saying that some is missing.
    facts = await load_facts(session, order, actor, through=through, stock=to is Status.STOCK_UNAVAILABLE)
    if not decide(facts, to).allowed:
        refuse(await load_facts(session, order, actor, through=through), to)
    effect = resume if order.status is Status.ON_HOLD and to is order.held_from else EFFECTS.get(to, enter)
    await effect(session, actor, order, to, reason)
    return order


async def enter(session: AsyncSession, actor: Actor, order: Order, to: Status, reason: str | None) -> None:
    """The effect of statuses that have none."""
    await enter_status(session, order, to, actor, reason)


def refuse(facts: MoveFacts, to: Status) -> NoReturn:
    """Raises the refusal of a barred move, the same on every interface."""
    verdict = decide(facts, to)
    reason = f"{verdict.reason} Needed: {verdict.unlocked_by}."
    if to not in TABLE[facts.status]:
        # The refusal itself goes on to say which moves are open.
        reason = verdict.reason or ""
    match verdict.code:
        case Code.NOT_APPROVED:
            raise NotApproved(reason)
        case Code.PAYMENT_MISSING:
            raise PaymentMissing(facts.due)
        case Code.STOCK_MISSING:
            raise StockMissing(MissingStock(*short) for short in facts.missing)
        case Code.FORBIDDEN:
            raise Forbidden(moves_from(facts)[to].permission)
        case _:
            raise IllegalMove(facts.status, to, legal_moves(facts), reason)
