"""Why a SKU has the price that a customer sees (spec PRC-1): the same engine that prices an order's lines."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalog.models import Variant
from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.kernel.currencies import CURRENCIES
from domain.kernel.ids import parse_id
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem
from domain.pricing.models import Level
from domain.pricing.queries import Asker, all_prices
from domain.pricing.rules import Candidate, PriceAnswer, PriceRequest, price_of
from domain.stock.rules import quantity_problem

from .rows import AnyRow, AnySelect

_VARIANT = select(Variant.id, Variant.price, Variant.currency).where(Variant.sku == bindparam("sku"))
_CHANNEL = select(Channel.id, Channel.currency).where(Channel.slug == bindparam("slug"))
_CUSTOMER = select(Customer.id).where(Customer.id == bindparam("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainPrice:
    """`customer` is an id, `channel` a slug; without `currency` the channel's, else the product's."""

    sku: str
    quantity: Decimal
    at: datetime
    customer: str | None = None
    channel: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer, and the currency in which it was asked."""

    answer: PriceAnswer
    currency: str


async def explain_price(connection: AsyncConnection, asked: ExplainPrice) -> Explained:
    """Asks every price of the SKU, in four statements at most. Raises Invalid naming every wrong field."""
    problems = []
    if problem := quantity_problem(asked.quantity):
        problems.append(Problem(("quantity",), "OUT_OF_RANGE", problem))
    variant = await _one(connection, _VARIANT, sku=_clean(asked.sku))
    if variant is None:
        problems.append(Problem(("sku",), "UNKNOWN_SKU", f"There is no SKU {asked.sku}."))
    channel = await _one(connection, _CHANNEL, slug=_clean(asked.channel)) if asked.channel is not None else None
    if channel is None and asked.channel is not None:
        problems.append(Problem(("channel",), "UNKNOWN_CHANNEL", f"There is no channel {asked.channel}."))
    customer_id = await _customer(connection, asked.customer)
    if customer_id is None and asked.customer is not None:
        problems.append(Problem(("customer",), "UNKNOWN_CUSTOMER", f"There is no customer {asked.customer}."))
    if asked.currency is not None and asked.currency not in CURRENCIES:
        problems.append(Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON."))
    if problems or variant is None:
        raise Invalid(problems)
    currency = asked.currency or (channel.currency if channel is not None else variant.currency)
    asker = Asker(
        customer_id=customer_id,
        channel_id=channel.id if channel is not None else None,
        currency=currency,
        at=asked.at,
    )
    candidates = [*await all_prices(connection, asker, variant.id)]
    if variant.price is not None:
        candidates.append(Candidate(level=Level.STANDARD, unit_price=variant.price, currency=variant.currency))
    request = PriceRequest(quantity=asked.quantity, currency=currency, at=asked.at)
    return Explained(price_of(request, candidates), currency)


async def _one(connection: AsyncConnection, statement: AnySelect, **values: object) -> AnyRow | None:
    return (await connection.execute(statement, values)).first()


async def _customer(connection: AsyncConnection, text: str | None) -> UUID | None:
    key = parse_id(text) if text is not None else None
    row = await _one(connection, _CUSTOMER, id=key) if key is not None else None
    return None if row is None else row.id


def _clean(text: str) -> str:
    return "" if text_problem(text) else text.strip()
