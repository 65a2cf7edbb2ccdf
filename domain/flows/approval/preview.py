"""What a changed rule would have held of the orders of the last days (spec APR-2).

Only orders that the new or the old version of the rule can be about are read, newest first, a few thousand at a time,
until all are looked at, the most that is looked at, or the time is up: the answer then says how far it came. Orders are
judged as they are now, by the rules as they are now and the rates of their days; the changed rule's own dates are left
aside, since the question is about the past.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Text, and_, false, func, null, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.conditions import OrderFacts
from domain.approvals.models import ApprovalRule, ConditionKind, Effect
from domain.approvals.queries import active_rules
from domain.approvals.rules import ApprovalNeed, Rule, as_rule, asks_about, rule_for
from domain.approvals.upsert_rule import RuleInput, check_rule
from domain.channels.models import COUNTER, Channel
from domain.currency.queries import all_rates
from domain.currency.rules import Rates, day_of
from domain.customers.models import CustomerGroup, CustomerGroupMember
from domain.kernel.clock import utc_now
from domain.kernel.money import Money
from domain.kernel.refusals import NotFound, invalid
from domain.orders.models import Order

from .facts import EARLIER_ORDER, ORDER_TYPE, discount_share

MAX_DAYS = 92
MOST = 200_000
"""Orders that are looked at."""
SECONDS = 6.0
BATCH = 500
"""Few enough that judging them keeps other requests waiting for some milliseconds only."""
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRule:
    """`id` is the rule that would be changed; None: a new one."""

    rule: RuleInput
    days: int
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An order and what the change would mean for it; `reasons` of the rules that would hold it."""

    order_id: UUID
    effect: Effect
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Preview:
    """`held` counts what the changed rule holds, among it `newly_held` that no current rule does; `no_longer_held`
    what only its current version holds. `looked_at` orders, back to `since`; `complete`: that is all of the period.
    """

    since: datetime
    looked_at: int = 0
    held: int = 0
    newly_held: int = 0
    no_longer_held: int = 0
    complete: bool = True
    rows: list[Shown] = field(default_factory=list)


async def preview_rule(
    session: AsyncSession, command: PreviewRule, *, seconds: float = SECONDS, most: int = MOST
) -> Preview:
    """Judges the orders of the last days by the rules with and without the change.

    Raises NotFound for the rule's id, and Invalid naming every wrong field of the rule, or the days.
    """
    if not 1 <= command.days <= MAX_DAYS:
        raise invalid(("days",), "OUT_OF_RANGE", f"Give 1 to {MAX_DAYS} days.")
    old = await _old(session, command.id) if command.id is not None else None
    changed = await check_rule(session, command.rule, command.id)
    asked = replace(changed, valid_from=None, valid_until=None)
    others = [rule for rule in await active_rules(session) if rule.id != asked.id]
    sides = _Sides(asked if command.rule.active else None, old, others)
    now = utc_now()
    since = now - timedelta(days=command.days)
    found = Preview(since=since)
    rates = await all_rates(session, day_of(since) - timedelta(days=MAX_DAYS), day_of(now))
    coarse = or_(*(_coarse(rule) for rule in (sides.asked, old) if rule is not None), false())
    rules = [rule for rule in (sides.asked, old, *others) if rule is not None]
    end, place = time.monotonic() + seconds, None
    while rows := (await session.execute(_page(coarse, rules, since, place))).all():
        for row in rows:
            _judge(found, sides, row, rates)
        found.looked_at += len(rows)
        place = rows[-1].created_at, rows[-1].id
        if len(rows) < BATCH:
            break
        if found.looked_at >= most or time.monotonic() >= end:
            found.complete, found.since = False, place[0]
            break
    return found


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rule as it would be and as it is, each None where it is not there or not active, and the other rules."""

    asked: Rule | None
    old: Rule | None
    others: Sequence[Rule]


def _judge(found: Preview, sides: _Sides, row: Row[Any], rates: Rates) -> None:
    """Whether the order is held is the same whatever the priorities are: they say only by whom."""
    facts, at = _facts(row), row.created_at
    mine = rule_for(facts, [sides.asked], rates, at) if sides.asked is not None else None
    was = rule_for(facts, [sides.old], rates, at) if sides.old is not None else None
    if mine is None and was is None:
        return
    by_others = rule_for(facts, sides.others, rates, at) is not None
    effect = Effect.HELD
    if mine is not None:
        found.held += 1
        if was is None and not by_others:
            found.newly_held += 1
            effect = Effect.NEWLY_HELD
    elif by_others:
        return
    else:
        found.no_longer_held += 1
        effect = Effect.NO_LONGER_HELD
    if len(found.rows) < SHOWN:
        found.rows.append(Shown(row.id, effect, _reasons(mine or was)))


def _reasons(need: ApprovalNeed | None) -> tuple[str, ...]:
    return () if need is None else tuple(reason for one in need.matched for reason in one.reasons)


async def _old(session: AsyncSession, rule_id: UUID) -> Rule | None:
    row = await session.get(ApprovalRule, rule_id)
    if row is None:
        raise NotFound("approval rule", rule_id, path=("id",))
    return as_rule(row) if row.active else None


def _coarse(rule: Rule) -> ColumnElement[bool]:
    """What holds of every order that the rule can hold; cheap, and never too narrow."""
    wanted: list[ColumnElement[bool]] = [true()]
    if rule.channels:
        wanted.append(Channel.slug.in_(rule.channels))
    if rule.order_types:
        wanted.append(ORDER_TYPE.in_(rule.order_types))
    for one in rule.conditions:
        if one.amount is not None:
            enough = and_(Order.currency == one.amount.currency, Order.total > one.amount.amount)
            wanted.append(or_(enough, Order.currency != one.amount.currency))
        if one.percent is not None:
            wanted.append(Order.discount_total * 100 > one.percent * Order.subtotal)
        if one.kind is ConditionKind.PAYMENT_KIND_IN:
            wanted.append(Order.payment_kind.in_(one.words))
    return and_(*wanted)


_GROUPS = (
    select(func.array_agg(CustomerGroup.slug, type_=ARRAY(Text())))
    .join(CustomerGroupMember, CustomerGroupMember.group_id == CustomerGroup.id)
    .where(CustomerGroupMember.customer_id == Order.customer_id)
    .scalar_subquery()
)


def _page(
    coarse: ColumnElement[bool], rules: Sequence[Rule], since: datetime, place: tuple[datetime, UUID] | None
) -> Select[Any]:
    """Orders that came to be carried out here: not those that were done elsewhere before, nor sales at the counter."""
    groups = _GROUPS if asks_about(rules, ConditionKind.CUSTOMER_GROUP_IN) else null()
    known = EARLIER_ORDER if asks_about(rules, ConditionKind.NEW_CUSTOMER) else false()
    query = (
        select(Order.id, Order.created_at, Order.placed_at, Order.total, Order.currency, Order.payment_kind)
        .add_columns(Order.discount_total, Order.subtotal, Channel.slug, ORDER_TYPE)
        .add_columns(groups.label("groups"), known.label("known"))
        .join(Channel, Channel.id == Order.channel_id)
        .where(Order.created_at >= since, Channel.connector != COUNTER, coarse)
        .where(Order.confirmed_at.is_distinct_from(Order.placed_at))
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(BATCH)
    )
    return query if place is None else query.where(tuple_(Order.created_at, Order.id) < place)


def _facts(row: Row[Any]) -> OrderFacts:
    return OrderFacts(
        channel=row.slug,
        order_type=row.order_type,
        total=Money(row.total, row.currency),
        day=day_of(row.placed_at),
        discount_share=discount_share(row.discount_total, row.subtotal),
        payment_kind=row.payment_kind,
        groups=frozenset(row.groups or ()),
        new_customer=not row.known,
    )
