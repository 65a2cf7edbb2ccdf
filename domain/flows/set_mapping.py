"""Mapping a word of a channel; what waited for it is imported."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.channels.mappings import save_mappings
from domain.channels.models import ChannelMapping, MappingKind
from domain.channels.queries import find_channel
from domain.channels.rules import MappingEntry, read_mapping
from domain.intake.release import release_cause
from domain.kernel.actor import Actor
from domain.kernel.refusals import Invalid, Problem

from .accounts import touched

CAUSES = {MappingKind.PAYMENT_METHOD: "payment_method", MappingKind.STATUS_IN: "status"}
"""What waits for a mapping of the kind; nothing waits for what is pushed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMapping:
    """`channel` is a slug or an id; `target` means what `domain.channels.rules.read_mapping` says for the kind."""

    channel: str
    kind: MappingKind
    source: str
    target: str | int | None


async def set_mapping(session: AsyncSession, actor: Actor, command: SetMapping) -> MappingEntry:
    """Writes the mapping over what the word meant. Raises `NotFound` for the channel, `Invalid` for the words."""
    channel = await find_channel(session, command.channel)
    await session.refresh(channel, with_for_update={"key_share": True})
    path = ("source",) if command.kind is MappingKind.STATUS_OUT else ("target",)
    entry = read_mapping(command.kind, command.source, command.target, path)
    if isinstance(entry, Problem):
        raise Invalid([entry])
    there = await session.get(ChannelMapping, (channel.id, entry.kind, entry.source), populate_existing=True)
    before = {} if there is None else {entry.source: there.target}
    record(
        session,
        actor,
        "channel.mapping_set",
        "channel",
        channel.id,
        title=channel.title,
        before={entry.kind.value: before},
        after={entry.kind.value: {entry.source: entry.target}},
    )
    await save_mappings(session, channel.id, [entry])
    if there is None or before[entry.source] != entry.target:
        touched(channel)
        await session.flush()
    if entry.kind in CAUSES:
        await release_cause(session, f"{CAUSES[entry.kind]}:{entry.source}", channel.id)
    return entry
