"""What discounts an order or a basket would get, and why other rules do not apply (spec DSC-2). Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.discounts.engine import Outcome
from domain.discounts.rules import Rule
from domain.discounts.vouchers import code_problems, voucher_states
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.currencies import CURRENCIES
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.orders.models import Order
from domain.pricing.queries import Asker

from .buyers import FoundBuyer, OrderCustomer, find_buyer
from .create_order import context_of, offer_of
from .discount_sale import Sale, SoldLine, judge_sale, vouchers_among
from .order_input import CreateOrder, OrderedLine, priced_lines, text_problems
from .price_lines import price_lines
from .rediscount import sale_of


class PricedLine(SoldLine, Protocol):
    """What a preview tells of a line."""

    @property
    def name(self) -> str: ...
    @property
    def unit_price(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewOrder:
    """An order that is there; `vouchers` are looked at along with those that it has."""

    order_id: UUID
    vouchers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewBasket:
    """What might be ordered: `channel` a slug, `customer_id` None somebody new, `currency` None the channel's, `at`
    None now; vouchers are judged at now, or at an `at` to come. Lines without a price get the one that this customer
    would."""

    channel: str
    lines: Sequence[OrderedLine]
    customer_id: UUID | None = None
    currency: str | None = None
    vouchers: Sequence[str] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines and what rules take off them; `rules` are all that were looked at, `shown` their vouchers' codes, and
    `vouchers` what would be kept of those that were entered."""

    currency: str
    lines: Sequence[PricedLine]
    rules: Sequence[Rule]
    outcome: Outcome
    shown: Mapping[UUID, str | None]
    vouchers: Sequence[Json]


async def preview_order(session: AsyncSession, asked: PreviewOrder) -> Preview:
    """Raises NotFound, and Invalid for codes that are none, or NOT_OURS for an order with its store's discounts."""
    query = select(Order).where(Order.id == asked.order_id).options(selectinload(Order.lines))
    order = await session.scalar(query)
    if order is None:
        raise NotFound("order", asked.order_id, path=("order",))
    if order.vouchers is None:
        raise invalid(
            ("order",), "NOT_OURS", "Its discounts are its store's, or its prices are agreed: no rule is asked."
        )
    return await _preview(
        session,
        await sale_of(session, order, [*(one["code"] for one in order.vouchers), *asked.vouchers]),
        order.lines,
    )


async def preview_basket(session: AsyncSession, asked: PreviewBasket) -> Preview:
    """Raises NotFound for the channel, and Invalid naming every field that could not be ordered so."""
    buyer = OrderCustomer(id=asked.customer_id)
    command = CreateOrder(channel=asked.channel, lines=asked.lines, customer=buyer, currency=asked.currency)
    problems = [*text_problems(command), *code_problems(asked.vouchers)]
    if problems:
        raise Invalid(problems)
    rows = await context_of(session, command)
    channel = rows[0]
    found = FoundBuyer()
    if asked.customer_id is not None:
        found = await find_buyer(session, SYSTEM, channel.channel_id, buyer, None)
        problems += [replace(problem, path=("customer",)) for problem in found.problems]
    currency, now = asked.currency or channel.channel_currency, utc_now()
    at = asked.at or now
    if currency not in CURRENCIES:
        problems.append(Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON."))
        raise Invalid(problems)
    offers = {row.sku: offer_of(row) for row in rows if row.sku is not None}
    asker = Asker(customer_id=found.customer_id, channel_id=channel.channel_id, currency=currency, at=at)
    lines, wrong = priced_lines(await price_lines(session, asker, asked.lines, offers), offers, currency)
    if problems or wrong:
        raise Invalid([*problems, *wrong])
    sale = Sale(
        order_id=new_id(),
        channel_id=channel.channel_id,
        channel=channel.connector,
        currency=currency,
        customer_id=found.customer_id,
        at=at,
        vouchers=asked.vouchers,
        entered_at=max(at, now),
    )
    return await _preview(session, sale, lines)


async def _preview(session: AsyncSession, sale: Sale, lines: Sequence[PricedLine]) -> Preview:
    problems = list(code_problems(sale.vouchers))
    if problems:
        raise Invalid(problems)
    judged = await judge_sale(session, sale, lines, all_in_force=True)
    rules = judged.found.rules
    states = voucher_states(sale.vouchers, vouchers_among(rules), judged.outcome)
    return Preview(sale.currency, lines, rules, judged.outcome, judged.found.shown, states)
