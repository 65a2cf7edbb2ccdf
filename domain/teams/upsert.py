"""Making and changing a team (spec SEC-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, StaleVersion
from domain.kernel.slugs import is_slug, slug_problems

from .models import Team, TeamChannel

MAX_TEAMS = 200
"""Teams of a house, so that all of them fit on one page."""
MAX_CHANNELS = 1_000
"""Channels of a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertTeam:
    """`channels` are the slugs of all that the team shall have. `expected_version` None asks for no check."""

    slug: str
    title: str
    channels: Sequence[str]
    expected_version: int | None = None


async def upsert_team(session: AsyncSession, actor: Actor, command: UpsertTeam) -> Team:
    """Writes the team and all its channels; the same again changes nothing.

    Raises Invalid naming every wrong field, and StaleVersion.
    """
    team = await _find(session, command.slug) if is_slug(command.slug) else None
    known = await _channels(session, command.channels)
    problems = await _problems(session, command, team, known)
    if problems:
        raise Invalid(problems)
    made = False
    if team is None:
        made = await _insert(session, command)
        team = await _find(session, command.slug)
        assert team is not None
    if command.expected_version not in (None, team.version):
        raise StaleVersion("team", expected=command.expected_version or 0, current=team.version)
    before = {"title": team.title, "channels": await channels_of(session, team.id)}
    await _write(session, team, command, known, before, made=made)
    after = {"title": team.title, "channels": sorted(known)}
    action = "team.create" if made else "team.update"
    record(session, actor, action, "team", team.id, title=team.title, before=None if made else before, after=after)
    return team


async def channels_of(session: AsyncSession, team_id: UUID) -> list[str]:
    """The slugs of a team's channels, in their order."""
    return list(
        await session.scalars(
            select(Channel.slug)
            .join(TeamChannel, TeamChannel.channel_id == Channel.id)
            .where(TeamChannel.team_id == team_id)
            .order_by(Channel.slug)
        )
    )


async def _find(session: AsyncSession, slug: str) -> Team | None:
    query = select(Team).where(Team.slug == slug).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def _channels(session: AsyncSession, slugs: Sequence[str]) -> Mapping[str, UUID]:
    usable = sorted({slug for slug in slugs[:MAX_CHANNELS] if is_slug(slug)})
    rows = await session.execute(select(Channel.slug, Channel.id).where(Channel.slug.in_(usable)))
    return {row.slug: row.id for row in rows}


async def _problems(
    session: AsyncSession, command: UpsertTeam, team: Team | None, known: Mapping[str, UUID]
) -> list[Problem]:
    problems = [
        Problem(("title",) if one.path == ("name",) else one.path, one.code, one.message)
        for one in slug_problems(command.slug, command.title, "team")
    ]
    if len(command.channels) > MAX_CHANNELS:
        problems.append(Problem(("channels",), "TOO_MANY", f"A team has at most {MAX_CHANNELS} channels."))
    else:
        problems += [
            Problem(
                ("channels", str(place)), "UNKNOWN_CHANNEL", "There is no channel with this slug. List the channels."
            )
            for place, slug in enumerate(command.channels)
            if slug not in known
        ]
    if team is None and not problems and (await session.scalar(select(func.count(Team.id))) or 0) >= MAX_TEAMS:
        problems.append(Problem(("slug",), "TOO_MANY", f"A house has at most {MAX_TEAMS} teams."))
    return problems


async def _insert(session: AsyncSession, command: UpsertTeam) -> bool:
    """Of two who make it at once the second waits, and then changes what the first made; whether this one made it."""
    now = utc_now()
    made = await session.scalar(
        insert(Team)
        .values(id=new_id(), slug=command.slug, title=command.title.strip(), version=1, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Team.id)
    )
    return made is not None


async def _write(
    session: AsyncSession,
    team: Team,
    command: UpsertTeam,
    known: Mapping[str, UUID],
    before: Mapping[str, object],
    *,
    made: bool,
) -> None:
    title = command.title.strip()
    if before == {"title": title, "channels": sorted(known)}:
        return
    if not made:
        team.version += 1
        team.updated_at = utc_now()
    team.title = title
    await session.execute(
        delete(TeamChannel).where(TeamChannel.team_id == team.id, TeamChannel.channel_id.not_in(known.values()))
    )
    rows = [{"team_id": team.id, "channel_id": channel_id} for channel_id in known.values()]
    if rows:
        await session.execute(insert(TeamChannel).values(rows).on_conflict_do_nothing())
    await session.flush()
