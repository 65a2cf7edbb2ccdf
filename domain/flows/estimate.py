"""An agent offers, changes the offer, and takes it back (spec ORD-11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.customers.models import Customer
from domain.estimates.models import Estimate, EstimateState
from domain.estimates.queries import estimate_for_update
from domain.estimates.rules import VALID_DAYS, open_problem, validity_problem
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.currencies import CURRENCIES
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Problem
from domain.kernel.texts import check_text, text_problem

from .bootstrap import STAFF_CHANNEL
from .buyers import FoundBuyer, OrderCustomer, find_buyer
from .channel_terms import buyer_problems, is_closed, method_problems
from .estimate_input import SIDES, SIMPLE, Offered, charges_of, offered_problems, sell, there, write_sold
from .own_seller import seller_of, seller_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEstimate:
    """`channel` is where the order will be entered; `currency` None is the channel's."""

    offered: Offered
    channel: str = STAFF_CHANNEL
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEstimate:
    """`offered.lines`, `fees` and addresses replace all that are there."""

    estimate_id: UUID
    offered: Offered
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEstimate:
    estimate_id: UUID
    expected_version: int | None = None
    reason: str | None = None


async def create_estimate(session: AsyncSession, actor: Actor, command: CreateEstimate) -> Estimate:
    """Raises NotFound for the channel, else Invalid naming every field that cannot be used."""
    offered, now = command.offered, utc_now()
    valid_until = offered.valid_until or now.date() + timedelta(days=VALID_DAYS)
    problems = _problems(offered, [validity_problem(valid_until, now.date())])
    problems += seller_problems(actor, offered.seller)
    if text_problem(command.channel) or (
        (channel := await session.scalar(select(Channel).where(Channel.slug == command.channel))) is None
    ):
        raise NotFound("channel", command.channel, path=("channel",))
    if not channel.enabled:
        problems.append(Problem(("channel",), "DISABLED", f"The channel {command.channel} is switched off."))
    currency = command.currency or channel.currency
    if currency not in CURRENCIES:
        problems.append(Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON."))
    if problems:
        raise Invalid(problems)
    buyer = await _buyer(session, actor, channel.id, offered.customer or OrderCustomer(), offered)
    charges = charges_of(offered)
    sold = await sell(session, channel.id, buyer.customer_id, currency, offered.lines or (), charges, now)
    wrong = [*sold.problems, *buyer.problems, *await _terms(session, channel, offered, buyer)]
    if wrong:
        raise Invalid(wrong)
    assert buyer.customer_id is not None
    estimate = Estimate(
        id=new_id(),
        valid_until=valid_until,
        channel_id=channel.id,
        customer_id=await _written(session, buyer),
        currency=currency,
        author=actor.label,
        created_at=now,
        updated_at=now,
        **{**_fields(offered), "seller": seller_of(actor, offered.seller)},
    )
    session.add(estimate)
    write_sold(estimate, sold)
    await session.flush()
    return estimate


async def update_estimate(session: AsyncSession, actor: Actor, command: UpdateEstimate) -> Estimate:
    """Writes what is given; one that has expired may be given another last day.

    Raises NotFound, StaleVersion, and Invalid naming every wrong field, NOT_OPEN or EXPIRED.
    """
    offered, now = command.offered, utc_now()
    estimate = await estimate_for_update(session, command.estimate_id, command.expected_version)
    extended = offered.valid_until is not None
    problems = _problems(
        offered,
        [
            open_problem(estimate, now.date(), expired_too=extended),
            validity_problem(offered.valid_until, now.date()) if offered.valid_until is not None else None,
        ],
    )
    problems += seller_problems(actor, offered.seller)
    if problems:
        raise Invalid(problems)
    buyer = FoundBuyer(estimate.customer_id)
    if offered.customer is not None:
        buyer = await _buyer(session, actor, estimate.channel_id, offered.customer, offered)
    sold = None
    if offered.changes_contents:
        lines = there(estimate) if offered.lines is None else offered.lines
        charges = charges_of(offered, estimate.charges)
        sold = await sell(session, estimate.channel_id, buyer.customer_id, estimate.currency, lines, charges, now)
    channel = await session.get_one(Channel, estimate.channel_id)
    wrong = [*(sold.problems if sold else ()), *buyer.problems, *await _terms(session, channel, offered, buyer)]
    if wrong:
        raise Invalid(wrong)
    estimate.customer_id = await _written(session, buyer)
    for name, value in _fields(offered).items():
        setattr(estimate, name, value)
    if offered.valid_until is not None:
        estimate.valid_until = offered.valid_until
    if sold is not None:
        estimate.lines.clear()
        await session.flush()
        write_sold(estimate, sold)
    estimate.updated_at = now
    estimate.version += 1
    await session.flush()
    return estimate


async def cancel_estimate(session: AsyncSession, actor: Actor, command: CancelEstimate) -> Estimate:
    """Takes the offer back. Raises NotFound, StaleVersion, and Invalid (NOT_OPEN)."""
    check_text("reason", command.reason)
    estimate = await estimate_for_update(session, command.estimate_id, command.expected_version)
    problem = open_problem(estimate, utc_now().date(), expired_too=True)
    if problem is not None:
        raise Invalid([problem])
    estimate.state, estimate.reason = EstimateState.CANCELLED, command.reason
    estimate.version += 1
    estimate.updated_at = utc_now()
    await session.flush()
    return estimate


def _problems(offered: Offered, more: list[Problem | None]) -> list[Problem]:
    return [*offered_problems(offered), *(problem for problem in more if problem is not None)]


def _fields(offered: Offered) -> Mapping[str, Any]:
    """The columns that are given."""
    given: dict[str, Any] = {name: getattr(offered, name) for name in SIMPLE if getattr(offered, name) is not None}
    for side in SIDES:
        address = getattr(offered, side)
        if address is not None:
            given[side] = {name: text for name, text in address.items() if text} or None
    return given


async def _buyer(
    session: AsyncSession, actor: Actor, channel_id: UUID, told: OrderCustomer, offered: Offered
) -> FoundBuyer:
    return await find_buyer(session, actor, channel_id, told, offered.billing or offered.shipping)


async def _terms(session: AsyncSession, channel: Channel, offered: Offered, buyer: FoundBuyer) -> list[Problem]:
    """What the channel has against what is offered: it would refuse the order that is made of it."""
    problems = method_problems(channel, offered.payment_method)
    if offered.customer is not None and not buyer.problems and await is_closed(session, channel.id):
        problems += await buyer_problems(session, channel.id, buyer.customer_id)
    return problems


async def _written(session: AsyncSession, buyer: FoundBuyer) -> UUID:
    if buyer.new_rows:
        await session.execute(insert(Customer), list(buyer.new_rows))
    assert buyer.customer_id is not None  # it had no problems
    return buyer.customer_id
