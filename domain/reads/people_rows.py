"""People and their sessions, as rows: each function is one statement. No hash of a password or a token leaves here."""

from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.access.models import SecondFactor, User, UserSession
from domain.teams.models import Team

from .keyset import Page, Sort, Window, beyond, page_of
from .rows import Rows

BY_NAME = Sort("people", str)

_SORTED = func.lower(User.name)
_PEOPLE = (
    select(User.id, User.email, User.name, User.roles, User.seller, User.own_orders_only, User.password_changed_at)
    .outerjoin(Team, Team.id == User.team_id)
    .add_columns(Team.slug.label("team"))
).add_columns(
    User.password_hash.is_not(None).label("has_password"),
    exists()
    .where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
    .correlate(User)
    .label("second_factor"),
    User.disabled_at,
    User.locked_until,
    User.created_at,
    User.version,
    _SORTED.label("sorted_by"),
)
_SESSIONS = select(UserSession.id, UserSession.kind, UserSession.created_at, UserSession.seen_at).add_columns(
    UserSession.expires_at, UserSession.address, UserSession.agent
)


async def people_page(connection: AsyncConnection, wanted: Window) -> Page:
    """People by name. The last column is what they are sorted by."""
    statement = _PEOPLE
    if wanted.place is not None:
        statement = statement.where(beyond(_SORTED, User.id, *wanted.place, ascending=not wanted.backward))
    columns = (_SORTED, User.id)
    order = [column.desc() for column in columns] if wanted.backward else list(columns)
    return page_of((await connection.execute(statement.order_by(*order).limit(wanted.size + 1))).all(), wanted)


async def person_by_id(connection: AsyncConnection, person_id: UUID) -> Rows:
    return (await connection.execute(_PEOPLE.where(User.id == person_id))).all()


async def sessions_of(connection: AsyncConnection, person_id: UUID) -> Rows:
    """Their sessions that are in force, newest first."""
    now = func.now()
    rests = or_(UserSession.idle_until.is_(None), UserSession.idle_until > now)
    in_force = (UserSession.user_id == person_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now, rests)
    return (await connection.execute(_SESSIONS.where(*in_force).order_by(UserSession.created_at.desc()))).all()


async def session_by_id(connection: AsyncConnection, session_id: UUID) -> Rows:
    return (await connection.execute(_SESSIONS.where(UserSession.id == session_id))).all()
