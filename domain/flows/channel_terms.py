"""What a channel asks of orders that are entered here: how they are paid, who may buy, what delivery costs (CHN-2)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import OWN_CHANNELS, Channel, ChannelClientGroup
from domain.channels.rules import method_allowed
from domain.customers.models import CustomerGroupMember
from domain.kernel.money import total_of
from domain.kernel.refusals import Problem
from domain.kernel.texts import shown

from .charge_input import Fee, shipping_charges
from .place import NewCharge, NewLine

CLOSED = exists().where(ChannelClientGroup.channel_id == Channel.id).correlate(Channel)
"""Whether only some groups of customers may buy."""

TERMS = (
    Channel.connector,
    Channel.allowed_payment_methods,
    Channel.delivery_fee,
    Channel.delivery_fee_tax_rate,
    Channel.free_delivery_from,
    Channel.currency.label("channel_currency"),
    CLOSED.label("closed"),
)
"""The columns that the functions below look at."""


def method_problems(terms: Row[Any] | Channel, method: str | None) -> list[Problem]:
    """Whether an order of the channel may be paid so."""
    allowed = terms.allowed_payment_methods
    if method_allowed(method, allowed):
        return []
    words = f"The channel does not allow {shown(method)}. Use one of {', '.join(allowed or ())}."
    return [Problem(("paymentMethod",), "PAYMENT_NOT_ALLOWED", words)]


async def buyer_problems(session: AsyncSession, channel_id: UUID, customer_id: UUID | None) -> list[Problem]:
    """Whether the customer is in one of the client groups of a channel that has some; one who is new is in none."""
    member = (
        exists()
        .where(ChannelClientGroup.group_id == CustomerGroupMember.group_id)
        .where(ChannelClientGroup.channel_id == channel_id, CustomerGroupMember.customer_id == customer_id)
    )
    if customer_id is not None and await session.scalar(select(member)):
        return []
    words = "The customer is in none of the groups that may buy on this channel. Put them into one, or use another."
    return [Problem(("customer",), "NOT_A_CLIENT", words)]


async def is_closed(session: AsyncSession, channel_id: UUID) -> bool:
    """Whether only some groups of customers may buy on the channel."""
    return bool(await session.scalar(select(exists().where(ChannelClientGroup.channel_id == channel_id))))


def fee_problems(terms: Row[Any], currency: str) -> list[Problem]:
    """Whether the channel's delivery fee can be charged on an order in this currency that names no shipping."""
    if not _charges(terms) or currency == terms.channel_currency:
        return []
    words = f"The channel's delivery fee is in {terms.channel_currency}. Give the shipping fee in {currency}."
    return [Problem(("shippingFee",), "WRONG_CURRENCY", words)]


def delivery_charges(terms: Row[Any], lines: Iterable[NewLine]) -> Sequence[NewCharge]:
    """The channel's delivery fee, unless the goods (with tax, after discounts) are enough for it to be free."""
    if not _charges(terms):
        return ()
    free_from = terms.free_delivery_from
    if free_from is not None and total_of(line.total for line in lines) >= free_from:
        return ()
    return shipping_charges(Fee(terms.delivery_fee, terms.delivery_fee_tax_rate))


def _charges(terms: Row[Any]) -> bool:
    return terms.connector in OWN_CHANNELS and bool(terms.delivery_fee)
