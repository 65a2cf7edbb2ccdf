"""The discounts of an order that is entered or edited here (spec DSC-2, DSC-3).

What a store sends explains its own discounts: no rule of ours touches it. The other orders have `vouchers` (a list,
empty where none was entered); that tells them apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.groups import group_chains
from domain.discounts.engine import Outcome, apply_discounts
from domain.discounts.models import DiscountUse
from domain.discounts.queries import Found, Sought, find_rules, lock_uses
from domain.discounts.rules import ABOUT_LINES, LATER, NO_IDS, USED, BasketLine, Context, Rule, Why, voucher_key
from domain.discounts.vouchers import code_problems, voucher_problems, voucher_states
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.refusals import Problem
from domain.orders.models import Order
from domain.orders.status import Status

NOTHING = Outcome((), {})


class SoldLine(Protocol):
    """A line, new or there: its amounts before discount."""

    @property
    def variant_id(self) -> UUID | None: ...
    @property
    def sku(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def subtotal(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Who buys where when, and with which codes. `at` is when the order was placed, also when it is edited later;
    vouchers are judged at `entered_at` (None: now), but for those of the rules in `accepted`: the order has them.

    `test`: limits are looked at, but nothing is used, and the log says that nobody saved it.
    """

    order_id: UUID
    channel_id: UUID
    channel: str
    currency: str
    customer_id: UUID | None
    at: datetime
    vouchers: Sequence[str] = ()
    accepted: Collection[UUID] = ()
    entered_at: datetime | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Discounted:
    """What is taken off, what the order keeps of its vouchers, and what is wrong with them. `shown` are the vouchers'
    codes as their rules write them."""

    outcome: Outcome = NOTHING
    vouchers: list[Json] = field(default_factory=list)
    problems: Sequence[Problem] = ()
    shown: Mapping[UUID, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """The rules that were looked at, and what they come to."""

    found: Found
    basket: Sequence[BasketLine]
    context: Context
    outcome: Outcome


async def discount_sale(
    session: AsyncSession, sale: Sale, lines: Sequence[SoldLine], *, complete: bool = True
) -> Discounted:
    """The discounts of these lines, by their place. Limited rules that apply are locked until the transaction ends.

    `complete` False: lines are missing because they are wrong, so that only what does not depend on them is said.
    """
    problems = list(code_problems(sale.vouchers))
    if problems:
        return Discounted(problems=problems)
    judged = await judge_sale(session, sale, lines)
    rules, outcome = judged.found.rules, judged.outcome
    if complete and not sale.test:
        rules = await _with_fresh_uses(session, sale, rules, outcome)
        outcome = apply_discounts(judged.basket, rules, judged.context)
    by_key = vouchers_among(rules)
    for place, problem in voucher_problems(sale.vouchers, by_key, outcome):
        if problem.code in USED:
            rule = by_key[voucher_key(sale.vouchers[place])]
            problem = await _with_holder(session, sale, rule, problem)
        if complete or problem.code not in ABOUT_LINES:
            problems.append(problem)
    return Discounted(outcome, voucher_states(sale.vouchers, by_key, outcome), problems, judged.found.shown)


async def judge_sale(
    session: AsyncSession, sale: Sale, lines: Sequence[SoldLine], *, all_in_force: bool = False
) -> Judged:
    """What the rules come to, as it looks now: nothing is locked. `all_in_force`: also rules that cannot apply."""
    keys = frozenset(voucher_key(code) for code in sale.vouchers)
    sought = Sought(
        at=sale.at,
        currency=sale.currency,
        channel=sale.channel,
        store=sale.channel_id,
        customer=sale.customer_id,
        variants={line.variant_id for line in lines if line.variant_id is not None},
        vouchers=keys,
        order_id=sale.order_id,
        all_in_force=all_in_force,
    )
    found = await find_rules(session, sought)
    context = Context(
        at=sale.at,
        currency=sale.currency,
        channel=sale.channel,
        store=sale.channel_id,
        customer=sale.customer_id,
        customer_groups=found.customer_groups,
        vouchers=keys,
        entered_at=sale.entered_at or utc_now(),
        accepted=frozenset(sale.accepted),
    )
    basket = await _basket(session, found.rules, lines)
    return Judged(found, basket, context, apply_discounts(basket, found.rules, context))


async def _with_holder(session: AsyncSession, sale: Sale, rule: Rule, problem: Problem) -> Problem:
    """A failed order keeps its uses, for it may come back: whoever needs one is told which order to cancel."""
    holders = select(Order.number).join(DiscountUse, DiscountUse.order_id == Order.id).order_by(DiscountUse.at)
    holders = holders.where(DiscountUse.rule_id == rule.id, Order.status == Status.FAILED, Order.id != sale.order_id)
    if problem.code == Why.USED_BY_CLIENT:
        holders = holders.where(DiscountUse.customer_id == sale.customer_id)
    number = await session.scalar(holders.limit(1))
    if number is None:
        return problem
    return replace(problem, message=f"{problem.message} The failed order {number} holds a use: cancel it to free that.")


def vouchers_among(rules: Sequence[Rule]) -> Mapping[str, Rule]:
    """Rules by the key of their voucher."""
    return {rule.voucher: rule for rule in rules if rule.voucher is not None}


async def _basket(session: AsyncSession, rules: Sequence[Rule], lines: Sequence[SoldLine]) -> list[BasketLine]:
    """The groups of products are read only where a rule names some."""
    chains: Mapping[UUID, Sequence[UUID]] = {}
    if any(rule.item_groups is not None for rule in rules):
        chains = await group_chains(session, {line.variant_id for line in lines if line.variant_id is not None})
    return [
        BasketLine(
            position=place,
            net=line.subtotal,
            variant_id=line.variant_id,
            groups=frozenset(chains.get(line.variant_id, ())) if line.variant_id is not None else NO_IDS,
        )
        for place, line in enumerate(lines)
    ]


async def _with_fresh_uses(
    session: AsyncSession, sale: Sale, rules: Sequence[Rule], outcome: Outcome
) -> Sequence[Rule]:
    """The rules with the uses that they have once nobody else can take one.

    All limited rules that nothing bars are locked, also those that another one beats: a used up rule makes way for
    one of them, and locks taken later could cross.
    """
    why = outcome.barred
    wanted = [rule for rule in rules if rule.limited and (rule.id not in why or why[rule.id] in LATER)]
    if not wanted:
        return rules
    uses = await lock_uses(session, wanted, sale.customer_id, sale.order_id)
    return [
        replace(rule, used=uses[rule.id][0], used_by_client=uses[rule.id][1]) if rule.id in uses else rule
        for rule in rules
    ]
