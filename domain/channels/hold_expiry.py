"""How long an order on hold keeps its reservation, set per channel (spec ORD-4)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.refusals import invalid

from .form import hours_problem
from .models import Channel
from .settings import Settings
from .update import UpdateChannel, update_channel


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
    clear = ("holdExpiryHours",) if command.hours is None else ()
    settings = Settings(hold_expiry_hours=command.hours, clear=clear)
    return await update_channel(session, actor, UpdateChannel(channel_id=command.channel_id, settings=settings))
