"""The rules that may concern an order, cut down to it, and what limits leave of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Numeric,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from domain.customers.models import CustomerGroupMember
from domain.kernel.locks import lock_names

from .models import DiscountUse, TradeDiscount
from .rules import NO_IDS, Ids, Rule

_T = TradeDiscount
_IDS = ARRAY(Uuid())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The order that rules are sought for. `order_id` is left out of the uses that count; `vouchers` are keys.

    `all_in_force`: also rules in force that bar this order, for telling why; else those that may well apply, and in
    either case those of the vouchers, whatever bars them.
    """

    at: datetime
    currency: str
    channel: str
    store: UUID
    customer: UUID | None
    variants: Collection[UUID]
    vouchers: Collection[str]
    order_id: UUID
    all_in_force: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The rules, and the groups of the customer (known only where there are rules). `shown` are their vouchers as
    people write them."""

    rules: Sequence[Rule]
    customer_groups: Ids
    shown: Mapping[UUID, str | None]


RULES_THERE: ColumnElement[bool] = (
    select(_T.id).where(_T.archived_at.is_(None), _T.active, _T.voucher_key.is_(None)).exists()
)
"""Whether any rule might apply by itself: read along with other things, so that a house without rules pays nothing."""


async def find_rules(connection: AsyncConnection | AsyncSession, sought: Sought) -> Found:
    """The rules in one statement. Long lists of clients and items come back as their part in this order."""
    values = {
        "at": sought.at,
        "currency": sought.currency,
        "channel": sought.channel,
        "store": sought.store,
        "customer": sought.customer,
        "variants": list(sought.variants),
        "vouchers": list(sought.vouchers),
        "order": sought.order_id,
    }
    rows = (await connection.execute(_statement(sought.all_in_force), values)).all()
    groups = frozenset(rows[0].groups) if rows else NO_IDS
    return Found([_rule(row, sought.customer) for row in rows], groups, {row.id: row.voucher for row in rows})


async def lock_uses(
    session: AsyncSession, limited: Collection[Rule], customer: UUID | None, order_id: UUID
) -> Mapping[UUID, tuple[int, int]]:
    """How many orders use each rule, and how many of this customer, without this order; until the transaction ends
    nobody else can take a use that this order might.

    A limit in all locks the rule, in the order of ids; one per client only this client's uses of it, so that a rule
    for everybody's first order does not put all orders in a row. Counted afterwards, so that what others did while we
    waited counts. Who holds these locks may go on to lock stock; nobody who holds stock asks for them.
    """
    in_all = [rule.id for rule in limited if rule.limit_total is not None]
    by_client = [rule.id for rule in limited if rule.limit_per_client is not None]
    if in_all:
        await session.execute(select(_T.id).where(_T.id.in_(in_all)).order_by(_T.id).with_for_update(key_share=True))
    await lock_names(session, [f"discount:{rule.id}:{customer}" for rule in limited if rule.limit_total is None])
    counted = select(DiscountUse.rule_id, func.count()).where(DiscountUse.order_id != order_id)
    counted = counted.group_by(DiscountUse.rule_id)
    used: dict[UUID, int] = {}
    used_by_client: dict[UUID, int] = {}
    if in_all:
        used = {row[0]: row[1] for row in await session.execute(counted.where(DiscountUse.rule_id.in_(in_all)))}
    if by_client:
        of_client = counted.where(DiscountUse.rule_id.in_(by_client), DiscountUse.customer_id == customer)
        used_by_client = {row[0]: row[1] for row in await session.execute(of_client)}
    return {rule.id: (used.get(rule.id, 0), used_by_client.get(rule.id, 0)) for rule in limited}


@lru_cache(maxsize=2)
def _statement(all_in_force: bool) -> Select[Any]:
    at = bindparam("at", type_=DateTime(timezone=True))
    in_force = and_(_T.active, _T.starts_at <= at, or_(_T.ends_at.is_(None), _T.ends_at > at))
    by_itself = and_(_T.voucher_key.is_(None), in_force)
    if not all_in_force:
        by_itself = and_(by_itself, *_fits())
    entered = _T.voucher_key == any_(bindparam("vouchers", type_=ARRAY(Text())))
    return _columns().where(_T.archived_at.is_(None), or_(by_itself, entered)).order_by(_T.id)


_CUSTOMER = bindparam("customer", type_=Uuid())
_VARIANTS = bindparam("variants", type_=_IDS)
_GROUPS = func.array(
    select(CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == _CUSTOMER).scalar_subquery(),
    type_=_IDS,
)


def _fits() -> list[ColumnElement[bool]]:
    """What an index or a look can rule out before the engine judges."""
    return [
        or_(_T.currency.is_(None), _T.currency == bindparam("currency", type_=Text())),
        or_(_asks_nothing(_T.channels), bindparam("channel", type_=Text()) == any_(_T.channels)),
        or_(_asks_nothing(_T.stores), bindparam("store", type_=Uuid()) == any_(_T.stores)),
        or_(_asks_nothing(_T.clients), any_(_T.clients) == _CUSTOMER),
        or_(_asks_nothing(_T.client_groups), _T.client_groups.op("&&")(_GROUPS)),
        or_(_asks_nothing(_T.items), _T.items.op("&&")(_VARIANTS)),
    ]


def _asks_nothing(dimension: Any) -> ColumnElement[bool]:
    return func.cardinality(dimension) == 0


def _columns() -> Select[Any]:
    uses = select(func.count()).where(DiscountUse.rule_id == _T.id)
    uses = uses.where(DiscountUse.order_id != bindparam("order", type_=Uuid()))
    wanted = select(func.unnest(_T.items).label("item")).intersect(select(func.unnest(_VARIANTS)))
    items = func.array(wanted.scalar_subquery(), type_=_IDS)
    columns = select(
        *(_T.id, _T.name, _T.formal, _T.value, _T.currency, _T.starts_at, _T.ends_at, _T.voucher, _T.voucher_key),
        *(_T.limit_total, _T.limit_per_client, _T.stacks, _T.priority, _T.active),
        *(_T.client_groups, _T.item_groups, _T.channels, _T.stores),
        type_coerce(_T.minimum_order_value, Numeric(18, 2)).label("minimum"),
        _asks_nothing(_T.clients).label("any_client"),
        func.coalesce(any_(_T.clients) == _CUSTOMER, False).label("this_client"),
        case((_asks_nothing(_T.items), null()), else_=items).label("items"),
        _GROUPS.label("groups"),
        case((_T.limit_total.is_(None), 0), else_=uses.scalar_subquery()).label("used"),
        case(
            (_T.limit_per_client.is_(None), 0),
            else_=uses.where(DiscountUse.customer_id == _CUSTOMER).scalar_subquery(),
        ).label("used_by_client"),
    )
    return cast(Select[Any], columns)


def _rule(row: Row[Any], customer: UUID | None) -> Rule:
    this_client = frozenset([customer]) if row.this_client and customer is not None else NO_IDS
    return Rule(
        id=row.id,
        name=row.name,
        formal=row.formal,
        value=Decimal(row.value),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        currency=row.currency,
        minimum=row.minimum,
        voucher=row.voucher_key,
        clients=None if row.any_client else this_client,
        client_groups=_asked(row.client_groups),
        items=None if row.items is None else frozenset(row.items),
        item_groups=_asked(row.item_groups),
        channels=frozenset(row.channels) or None,
        stores=_asked(row.stores),
        limit_total=row.limit_total,
        limit_per_client=row.limit_per_client,
        used=row.used,
        used_by_client=row.used_by_client,
        stacks=row.stacks,
        priority=row.priority,
        active=row.active,
    )


def _asked(ids: Sequence[UUID]) -> Ids | None:
    return frozenset(ids) or None
