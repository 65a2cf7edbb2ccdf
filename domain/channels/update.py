"""Changing a channel's business settings (spec CHN-2)."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, NotFound
from domain.kernel.versions import check_version

from .apply import check_settings, write_settings
from .models import Channel
from .settings import Settings, Syncs
from .snapshot import settings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateChannel:
    """`expected_version` is the version that the writer read; None asks for no check."""

    channel_id: UUID
    expected_version: int | None = None
    settings: Settings = field(default_factory=Settings)
    syncs: Syncs = field(default_factory=Syncs)


async def update_channel(session: AsyncSession, actor: Actor, command: UpdateChannel) -> Channel:
    """Writes what is given, all or nothing, for what comes from now on; a repeat of what is there changes nothing.

    Raises NotFound, StaleVersion, and Invalid naming every wrong setting, those too that contradict each other.
    """
    channel = await channel_for_update(session, command.channel_id)
    check_version("channel", command.expected_version, channel.version)
    named, problems = await check_settings(session, channel, command.settings, command.syncs)
    if problems:
        raise Invalid(problems)
    before = await settings_of(session, channel.id)
    await write_settings(session, channel, command.settings, named, command.syncs)
    await session.flush()
    after = await settings_of(session, channel.id)
    if record(session, actor, "channel.update", "channel", channel.id, title=channel.title, before=before, after=after):
        channel.version += 1
        channel.updated_at = utc_now()
        await session.flush()
    return channel


async def channel_for_update(session: AsyncSession, channel_id: UUID) -> Channel:
    """The channel, locked until the transaction ends; orders may be entered on it meanwhile. Raises NotFound."""
    query = select(Channel).where(Channel.id == channel_id).with_for_update(key_share=True)
    channel = await session.scalar(query.execution_options(populate_existing=True))
    if channel is None:
        raise NotFound("channel", channel_id, path=("id",))
    return channel
