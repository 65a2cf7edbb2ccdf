"""What limits the view of a person or key (spec SEC-1): a team's channels, and own orders only."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.kernel.actor import Scope
from domain.kernel.refusals import Problem
from domain.kernel.slugs import is_slug
from domain.kernel.texts import text_problem
from domain.teams.models import Team, TeamChannel

MAX_SELLER = 200


def team_channels(team_id: InstrumentedAttribute[Any]) -> ColumnElement[list[UUID]]:
    """The channels of the team that a row names in this column; none for a row without a team."""
    theirs = select(TeamChannel.channel_id).where(TeamChannel.team_id == team_id).correlate(team_id.class_)
    return func.array(theirs.scalar_subquery(), type_=ARRAY(Uuid()))


def scope_of(
    *, seller: str | None, own_orders_only: bool, team_id: UUID | None, channels: Collection[UUID] | None
) -> Scope:
    """The scope of a row with these columns. One that may see only own orders and is no seller sees none."""
    limited = frozenset(channels or ()) if team_id is not None else None
    if own_orders_only and not seller:
        return Scope(channels=frozenset())
    return Scope(seller=seller if own_orders_only else None, channels=limited)


def limit_problems(seller: str | None, own_orders_only: bool) -> list[Problem]:
    """What is wrong with the seller of a person or key."""
    if own_orders_only and not (seller or "").strip():
        return [Problem(("seller",), "MISSING", "Name the seller whose orders are their own.")]
    problem = None if seller is None else text_problem(seller, MAX_SELLER)
    return [Problem(("seller",), "NOT_A_TEXT", problem)] if problem else []


async def find_team(session: AsyncSession, slug: str | None) -> tuple[Team | None, list[Problem]]:
    """The team of this slug, kept from being removed until the transaction ends, or what is wrong with it."""
    if slug is None:
        return None, []
    team = None
    if is_slug(slug):
        team = await session.scalar(select(Team).where(Team.slug == slug).with_for_update(read=True, key_share=True))
    if team is None:
        return None, [Problem(("team",), "UNKNOWN_TEAM", "There is no such team. List the teams, or make it.")]
    return team, []
