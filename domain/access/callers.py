"""Who calls, by what they prove it with: a program's key or a session's token (spec SEC-2).

Many are looked up in one statement each, so that a process can look after all that it serves at once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Text

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now

from .keys import EVERY_ROLE, AnyRow, actor_of_key, find_keys
from .limits import scope_of, team_channels
from .models import ApiKey, Role, SessionKind, User, UserSession
from .sessions import PREFIX

_OF_ROLES = (
    select(func.jsonb_agg(Role.permissions)).where(User.roles.has_key(Role.slug)).correlate(User).scalar_subquery()
)
_PERSON = select(
    *(User.id, User.name, User.roles, User.seller, User.own_orders_only, User.team_id, User.disabled_at),
    _OF_ROLES.label("by_role"),
    team_channels(User.team_id).label("channels"),
)
_SESSION = (
    _PERSON.add_columns(
        UserSession.id.label("session_id"),
        UserSession.token_hash,
        UserSession.kind,
        UserSession.idle_until,
        UserSession.expires_at,
        UserSession.revoked_at,
    )
    .join(UserSession, UserSession.user_id == User.id)
    .where(UserSession.token_hash == any_(bindparam("hashes", type_=ARRAY(Text()))))
)


@dataclass(frozen=True, slots=True)
class Login:
    """The session that somebody calls with."""

    id: UUID
    kind: SessionKind
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Who calls; `login` None: with a key. `until` is when that ends by itself; None: never."""

    actor: Actor
    login: Login | None = None
    until: datetime | None = None


def is_session(token: str) -> bool:
    """Whether this is the token of a session; anything else can be a key."""
    return token.startswith(PREFIX)


async def find_callers(
    connection: AsyncConnection | AsyncSession, *, keys: Collection[str] = (), sessions: Collection[str] = ()
) -> Mapping[str, Found | None]:
    """Who is behind these hashes of keys and of sessions' tokens: None for a session that has ended; what nobody knows,
    and a key that has ended, is not there.
    """
    found: dict[str, Found | None] = {}
    if keys:
        found |= {name: Found(key.actor, until=key.until) for name, key in (await find_keys(connection, keys)).items()}
    if sessions:
        now = utc_now()
        for row in await connection.execute(_SESSION, {"hashes": list(sessions)}):
            ends = [row.expires_at] if row.idle_until is None else [row.expires_at, row.idle_until]
            ended = row.revoked_at is not None or row.disabled_at is not None or min(ends) <= now
            login = Login(row.session_id, row.kind, row.expires_at)
            found[row.token_hash] = None if ended else Found(_person(row), login, min(ends))
    return found


async def hold_caller(session: AsyncSession, actor: Actor) -> None:
    """Keeps the caller's row as it is until the transaction ends: who is sent away, or whose key is revoked, meanwhile
    is so after it. What is read of them next is as it is now.
    """
    held: Mapping[ActorKind, type[User] | type[ApiKey]] = {ActorKind.PERSON: User, ActorKind.KEY: ApiKey}
    table = held[actor.kind]
    await session.execute(select(table.id).where(table.id == actor.id).with_for_update(read=True, key_share=True))


async def actor_of(connection: AsyncConnection | AsyncSession, kind: ActorKind, actor_id: UUID) -> Actor | None:
    """Who asked, for work that goes on after the call, with what they may do now. None: the key has ended, the person
    was disabled. A session that ended meanwhile does not matter.
    """
    if kind is ActorKind.KEY:
        return await actor_of_key(connection, actor_id)
    if kind is not ActorKind.PERSON:
        return None
    row = (await connection.execute(_PERSON.where(User.id == actor_id))).first()
    return None if row is None or row.disabled_at is not None else _person(row)


def _person(row: AnyRow) -> Actor:
    roles: list[str] = row.roles
    every = EVERY_ROLE in roles
    words = {word for theirs in row.by_role or () for word in theirs}
    return Actor(
        ActorKind.PERSON,
        row.name,
        row.id,
        frozenset(permission for permission in Permission if every or permission in words),
        frozenset(roles) - {EVERY_ROLE},
        every,
        scope_of(seller=row.seller, own_orders_only=row.own_orders_only, team_id=row.team_id, channels=row.channels),
    )
