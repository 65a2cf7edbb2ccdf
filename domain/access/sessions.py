"""Sessions: a token for who has logged in, and its end (spec SEC-2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, any_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.secrets import digest, new_secret

from .models import SessionKind, UserSession

PREFIX = "omnis_"
"""By which a token that leaked is recognised for what it is."""
MOST = 50
"""Sessions of a person that are in force; one more ends the oldest."""
KEPT = timedelta(days=30)
"""How long one that has ended is kept."""
_LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: unused (`idle`), and at most (`absolute`)."""

    idle: timedelta = timedelta(hours=12)
    absolute: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """How somebody comes: by which kind of session, from where, with what. `remember`: it may rest unused.
    `replaced` is the token of an earlier session of the same browser, which ends.
    """

    kind: SessionKind
    remember: bool = False
    address: str | None = None
    agent: str | None = None
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The session's row, and its token, which is kept nowhere."""

    session: UserSession
    token: str


async def open_session(session: AsyncSession, user_id: UUID, visitor: Visitor, limits: Limits) -> Opened:
    """Begins one for this person. A token is always new: nobody can have given it to them before."""
    now = utc_now()
    token = PREFIX + new_secret()
    opened = UserSession(
        id=new_id(),
        user_id=user_id,
        token_hash=digest(token),
        kind=visitor.kind,
        created_at=now,
        seen_at=now,
        idle_until=None if visitor.remember else now + limits.idle,
        expires_at=now + limits.absolute,
        address=visitor.address,
        agent=visitor.agent and visitor.agent[:_LONGEST_AGENT],
    )
    session.add(opened)
    await session.flush()
    if visitor.replaced:
        await _end(session, UserSession.token_hash == digest(visitor.replaced))
    await _end_the_oldest(session, user_id)
    return Opened(opened, token)


async def end_sessions(session: AsyncSession, user_id: UUID, *, but: UUID | None = None) -> int:
    """Ends all sessions of a person, or all but one; how many ended."""
    kept = () if but is None else (UserSession.id != but,)
    return await _end(session, UserSession.user_id == user_id, *kept)


async def end_session(session: AsyncSession, session_id: UUID) -> int:
    """Ends a session for good; one that is ended stays as it is, and 0 is what ended."""
    return await _end(session, UserSession.id == session_id)


async def note_use(session: AsyncSession, used: Collection[UUID], idle: timedelta) -> None:
    """These sessions were used just now."""
    now = utc_now()
    ids = UserSession.id == any_(bindparam("used", list(used), type_=ARRAY(Uuid())))
    quietly = {"synchronize_session": False}
    await session.execute(update(UserSession).where(ids).values(seen_at=now), execution_options=quietly)
    rests = UserSession.idle_until.is_not(None)
    await session.execute(
        update(UserSession).where(ids, rests, UserSession.idle_until > now).values(idle_until=now + idle),
        execution_options=quietly,
    )


async def remove_ended(session: AsyncSession) -> None:
    """Forgets sessions that ended long ago."""
    then = utc_now() - KEPT
    ended = or_(UserSession.revoked_at < then, UserSession.expires_at < then)
    await session.execute(delete(UserSession).where(ended), execution_options={"synchronize_session": False})


async def _end(session: AsyncSession, *which: ColumnElement[bool]) -> int:
    """Ends what is in force of these; how many."""
    now = utc_now()
    ended = await session.execute(
        update(UserSession)
        .where(*which, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(UserSession.expires_at),
        execution_options={"synchronize_session": False},
    )
    return sum(expires_at > now for expires_at in ended.scalars())


async def _end_the_oldest(session: AsyncSession, user_id: UUID) -> None:
    now: datetime = utc_now()
    newest = (
        select(UserSession.id)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        .limit(MOST)
    )
    await _end(session, UserSession.user_id == user_id, UserSession.id.not_in(newest))
