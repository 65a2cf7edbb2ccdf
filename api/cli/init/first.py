"""The first administrator and the first key, made once: whoever runs it again, or at the same time, makes no second."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.create_key import CreateKey, create_key
from domain.access.create_user import CreateUser, create_user
from domain.access.hashing import Passwords
from domain.access.models import ApiKey, User
from domain.access.people_rules import Person
from domain.access.presets import ADMINISTRATOR
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.locks import lock_names

INIT = Actor(ActorKind.SYSTEM, "omnisales init", every_role=True)

_FIRST = "omnisales init"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to make. The password is None where somebody administers already, or nobody is wanted."""

    email: str
    name: str
    password: str | None


async def administrator(session: AsyncSession) -> str | None:
    """The address of somebody who administers the house; None where nobody does."""
    administers = or_(*(User.roles.has_key(role) for role in ("*", ADMINISTRATOR)))
    who = select(User.email).where(administers, User.disabled_at.is_(None)).order_by(User.created_at).limit(1)
    return await session.scalar(who)


async def make_administrator(session: AsyncSession, passwords: Passwords, wanted: Wanted) -> bool:
    """Makes the person, with every role; False where somebody administers already. Raises Invalid."""
    await lock_names(session, [_FIRST])
    if await administrator(session) is not None:
        return False
    person = Person(email=wanted.email, name=wanted.name, roles=["*"])
    await create_user(session, INIT, passwords, CreateUser(person=person, password=wanted.password))
    return True


async def make_key(session: AsyncSession, name: str, roles: Sequence[str]) -> str | None:
    """A key's secret; None where a key of that name is in force. Raises Invalid."""
    await lock_names(session, [_FIRST])
    in_force = ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > utc_now())
    if await session.scalar(select(ApiKey.id).where(ApiKey.name == name.strip(), *in_force).limit(1)):
        return None
    return (await create_key(session, INIT, CreateKey(name=name, roles=roles))).secret
