"""Removing a team (spec SEC-1)."""

from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.refusals import NotFound, StaleVersion, invalid
from domain.teams.models import Team

from .models import ApiKey, User


async def remove_team(session: AsyncSession, actor: Actor, team_id: UUID, expected_version: int | None) -> str:
    """Removes the team and returns its slug. While somebody is of it that is refused: their view would widen.

    Raises NotFound, also for a team that was removed before, StaleVersion and Invalid.
    """
    team = await session.scalar(select(Team).where(Team.id == team_id).with_for_update())
    if team is None:
        raise NotFound("team", team_id, path=("id",))
    if expected_version not in (None, team.version):
        raise StaleVersion("team", expected=expected_version or 0, current=team.version)
    keys = exists().where(ApiKey.team_id == team_id, ApiKey.revoked_at.is_(None))
    if await session.scalar(select(or_(keys, exists().where(User.team_id == team_id)))):
        raise invalid(("id",), "TEAM_IN_USE", "Keys or people are of this team. Give them another, or revoke the keys.")
    await session.execute(
        update(ApiKey).where(ApiKey.team_id == team_id).values(team_id=None),  # revoked ones, which open nothing
        execution_options={"synchronize_session": False},
    )
    record(session, actor, "team.remove", "team", team.id, title=team.title, before={"slug": team.slug})
    await session.delete(team)
    await session.flush()
    return team.slug
