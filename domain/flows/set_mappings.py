"""Mapping many words of a channel at once, and taking one back; what waited for them is imported."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.channels.mappings import save_mappings
from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.channels.queries import find_channel
from domain.channels.rules import read_mappings
from domain.intake.release import release_cause
from domain.kernel.actor import Actor
from domain.kernel.refusals import Invalid, invalid

from .accounts import lock_channel, touched
from .set_mapping import CAUSES

MOST = 1_000
"""Words of one call."""

Words = dict[tuple[MappingKind, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMappings:
    """`mappings` holds `paymentMethods`, `statusesIn` and `statusesOut` as callers write them; each of them that is
    given replaces, with `replace`, all words of its kind: those that are not named fall back to the connector's.
    """

    channel_id: UUID
    expected_version: int
    mappings: Mapping[str, object]
    replace: bool = False


async def set_mappings(session: AsyncSession, actor: Actor, command: SetMappings) -> Channel:
    """Raises `NotFound`, `StaleVersion`, and `Invalid` naming every wrong word."""
    locked = await lock_channel(session, command.channel_id, command.expected_version)
    channel = locked.account
    assert isinstance(channel, Channel)
    entries, problems = read_mappings(command.mappings)
    if len(entries) > MOST:
        raise invalid(("mappings",), "TOO_MANY", f"Give at most {MOST} words at once.")
    if problems:
        raise Invalid(problems)
    before = await _words(session, channel.id)
    named: Words = {(entry.kind, entry.source): entry.target for entry in entries}
    gone = [key for key in before if command.replace and key[0] in _given(command.mappings) and key not in named]
    after = {key: target for key, target in {**before, **named}.items() if key not in gone}
    if after == before:
        return channel
    await _remove(session, channel.id, gone)
    await save_mappings(session, channel.id, entries)
    await _changed(session, actor, channel, "channel.mappings_set", before, after)
    return channel


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMapping:
    """`channel` is a slug or an id."""

    channel: str
    kind: MappingKind
    source: str


async def remove_mapping(session: AsyncSession, actor: Actor, command: RemoveMapping) -> Channel:
    """Has the word mean again what the connector says. One that is not mapped stays so. Raises `NotFound`."""
    channel = await find_channel(session, command.channel)
    await session.refresh(channel, with_for_update={"key_share": True})
    before = await _words(session, channel.id)
    key = (command.kind, command.source.strip())
    if key in before:
        await _remove(session, channel.id, [key])
        after = {other: target for other, target in before.items() if other != key}
        await _changed(session, actor, channel, "channel.mapping_remove", before, after)
    return channel


async def _words(session: AsyncSession, channel_id: UUID) -> Words:
    rows = await session.execute(
        select(ChannelMapping.kind, ChannelMapping.source, ChannelMapping.target).where(
            ChannelMapping.channel_id == channel_id
        )
    )
    return {(row.kind, row.source): row.target for row in rows}


async def _remove(session: AsyncSession, channel_id: UUID, keys: Collection[tuple[MappingKind, str]]) -> None:
    if keys:
        named = tuple_(ChannelMapping.kind, ChannelMapping.source).in_(list(keys))
        await session.execute(delete(ChannelMapping).where(ChannelMapping.channel_id == channel_id, named))


def _given(mappings: Mapping[str, object]) -> set[MappingKind]:
    names = {
        "paymentMethods": MappingKind.PAYMENT_METHOD,
        "statusesIn": MappingKind.STATUS_IN,
        "statusesOut": MappingKind.STATUS_OUT,
    }
    return {kind for name, kind in names.items() if mappings.get(name) is not None}


async def _changed(
    session: AsyncSession, actor: Actor, channel: Channel, action: str, before: Words, after: Words
) -> None:
    """Leaves word, and puts back what waited for a word that means something else now: by its own mapping, or by the
    connector's where that was hidden.
    """
    record(
        session,
        actor,
        action,
        "channel",
        channel.id,
        title=channel.title,
        before=_told(before),
        after=_told(after),
    )
    touched(channel)
    await session.flush()
    for kind, source in sorted(key for key in {*before, *after} if before.get(key) != after.get(key)):
        if kind in CAUSES:
            await release_cause(session, f"{CAUSES[kind]}:{source}", channel.id)


def _told(words: Words) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {kind.value: {} for kind in MappingKind}
    for (kind, source), target in words.items():
        told[kind.value][source] = target
    return told
