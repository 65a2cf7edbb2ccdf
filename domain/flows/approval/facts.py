"""What approval rules look at, read for any number of orders in a constant number of statements.

Only what the rules ask about is read: groups and earlier orders of customers where a condition needs them, rates where
currencies differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from domain.approvals.conditions import OrderFacts
from domain.approvals.models import ConditionKind
from domain.approvals.rules import Rule, asks_about, currencies
from domain.channels.models import Channel
from domain.currency.queries import load_rates
from domain.currency.rules import Rates, day_of
from domain.customers.models import CustomerGroup, CustomerGroupMember
from domain.kernel.money import Money
from domain.kernel.narrowed import WHOLE
from domain.orders.models import Order
from domain.orders.status import Status

NO_ORDER = (Status.CANCELLED, Status.FAILED)
"""Earlier orders that do not make a customer known."""

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
ORDER_TYPE = func.coalesce(Channel.order_type, Channel.connector).label("order_type")
"""What rules know a channel's orders by."""

_CHANNELS = select(Channel.id, Channel.slug, ORDER_TYPE).where(Channel.id == _IDS)
_GROUPS = (
    select(CustomerGroupMember.customer_id, func.array_agg(CustomerGroup.slug, type_=ARRAY(Text())))
    .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
    .where(CustomerGroupMember.customer_id == _IDS)
    .group_by(CustomerGroupMember.customer_id)
)
_EARLIER = aliased(Order, name=f"{WHOLE}earlier")
EARLIER_ORDER = exists(
    select(1).where(
        _EARLIER.customer_id == Order.customer_id, _EARLIER.number < Order.number, _EARLIER.status.not_in(NO_ORDER)
    )
)
"""Whether the customer of an order had one before."""
_KNOWN = select(Order.id).where(Order.id == _IDS, EARLIER_ORDER)


@dataclass(frozen=True, slots=True)
class Judged:
    """The facts of orders by their ids, and the rates by which they are judged."""

    facts: dict[UUID, OrderFacts]
    rates: Rates


async def load_order_facts(session: AsyncSession, orders: Sequence[Order], rules: Sequence[Rule]) -> Judged:
    """The facts of orders that are written already."""
    channels = {
        row.id: row for row in await session.execute(_CHANNELS, {"ids": list({one.channel_id for one in orders})})
    }
    groups = await _groups(session, orders) if asks_about(rules, ConditionKind.CUSTOMER_GROUP_IN) else {}
    known: set[UUID] = set()
    if asks_about(rules, ConditionKind.NEW_CUSTOMER):
        known = set(await session.scalars(_KNOWN, {"ids": [one.id for one in orders]}))
    facts = {
        one.id: OrderFacts(
            channel=channels[one.channel_id].slug,
            order_type=channels[one.channel_id].order_type,
            total=Money(one.total, one.currency),
            day=day_of(one.placed_at),
            discount_share=discount_share(one.discount_total, one.subtotal),
            payment_kind=one.payment_kind,
            groups=frozenset(groups.get(one.customer_id, ())),
            new_customer=one.id not in known,
        )
        for one in orders
    }
    return Judged(facts, await _rates(session, list(facts.values()), rules))


def discount_share(discount: Decimal, subtotal: Decimal) -> Decimal:
    """The discount in percent of the goods before it."""
    return discount * 100 / subtotal if subtotal else Decimal(0)


async def _groups(session: AsyncSession, orders: Sequence[Order]) -> dict[UUID | None, Sequence[str]]:
    ids = list({one.customer_id for one in orders if one.customer_id is not None})
    return {row[0]: row[1] for row in await session.execute(_GROUPS, {"ids": ids})}


async def _rates(session: AsyncSession, facts: Sequence[OrderFacts], rules: Sequence[Rule]) -> Rates:
    wanted = currencies(rules)
    used = {one.total.currency for one in facts}
    if not wanted or wanted == used:
        return Rates()
    days = [one.day for one in facts]
    return await load_rates(session, wanted | used, min(days), max(days))
