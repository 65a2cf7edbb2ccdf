"""How long an order on hold keeps its reservation, set per channel (spec ORD-4)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Problem, invalid

from .models import Channel
from .queries import channel_by_id

LONGEST_HOURS = 8_760
"""A year; whoever wants longer wants no expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHoldExpiry:
    """`hours` null: a hold keeps its reservation as long as it lasts."""

    channel_id: UUID
    hours: int | None


async def set_hold_expiry(session: AsyncSession, actor: Actor, command: SetHoldExpiry) -> Channel:
    """Sets it for the holds of now and later. Raises `NotFound`, `Invalid`."""
    problem = hours_problem("hours", command.hours)
    if problem is not None:
        raise invalid(problem.path, problem.code, problem.message)
    channel = await channel_by_id(session, command.channel_id)
    if channel.hold_expiry_hours != command.hours:
        channel.hold_expiry_hours = command.hours
        channel.updated_at = utc_now()
        await session.flush()
    return channel


def hours_problem(name: str, hours: int | None) -> Problem | None:
    if hours is None or 1 <= hours <= LONGEST_HOURS:
        return None
    return Problem((name,), "OUT_OF_RANGE", f"Give whole hours from 1 to {LONGEST_HOURS}, or null for no expiry.")
