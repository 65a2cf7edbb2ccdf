"""Changing a channel's settings; what waited for the change is imported."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel
from domain.channels.rules import method_allowed
from domain.channels.update import UpdateChannel
from domain.channels.update import update_channel as write
from domain.intake.causes import DISABLED, NOT_ALLOWED
from domain.intake.release import release_cause, waiting_causes
from domain.kernel.actor import Actor
from domain.push.wanted import ask_for_pushes

__all__ = ["UpdateChannel", "update_channel"]


async def update_channel(session: AsyncSession, actor: Actor, command: UpdateChannel) -> Channel:
    """As `domain.channels.update.update_channel`; orders that waited for a payment method to be allowed, or for the
    channel to be switched on, are then looked at again, and a channel that is on again is told what it missed."""
    channel = await write(session, actor, command)
    touched = command.settings.touches()
    if "enabled" in touched and channel.enabled:
        await release_cause(session, DISABLED, channel.id)
        await ask_for_pushes(session, channel.id)
    if "allowedPaymentMethods" in touched:
        for cause in await waiting_causes(session, channel.id, NOT_ALLOWED):
            if method_allowed(cause.removeprefix(NOT_ALLOWED), channel.allowed_payment_methods):
                await release_cause(session, cause, channel.id)
    return channel
