"""Roles as they are stored, and what may be done about them and the keys that hold them (spec SEC-1)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.refusals import invalid

from .models import ApiKey, Role
from .rules import may_give, permission_problems


async def known_roles(session: AsyncSession) -> Mapping[str, Collection[str]]:
    """What each role permits, by its slug."""
    return {role.slug: role.permissions for role in await session.execute(select(Role.slug, Role.permissions))}


async def gives_all(session: AsyncSession, actor: Actor, slugs: Collection[str]) -> bool:
    """Whether the actor could give each of these roles."""
    if all(actor.holds(slug) for slug in slugs):
        return True
    known = await known_roles(session)
    return all(may_give(actor, slug, known) for slug in slugs)


async def check_key(session: AsyncSession, actor: Actor, key: ApiKey) -> None:
    """Raises Invalid for a key that may more than the caller: it is not theirs to renew or to end."""
    more = any(problem.code == "NOT_YOURS" for problem in permission_problems(actor, key.permissions))
    if more or not await gives_all(session, actor, key.roles):
        raise invalid(("id",), "NOT_YOURS", "This key may do what you may not; ask somebody who may.")


async def end_of(session: AsyncSession, actor: Actor) -> datetime | None:
    """When the key ends that the actor calls with; None for one that does not, and for people."""
    if actor.kind is not ActorKind.KEY:
        return None
    return await session.scalar(select(ApiKey.expires_at).where(ApiKey.id == actor.id))


def outlives(end: datetime | None, until: datetime | None) -> bool:
    """Whether something with this end is there longer than what ends at `until`; None is never."""
    return until is not None and (end is None or end > until)


def taken_away(actor: Actor, had: Collection[str], words: Collection[str]) -> list[str]:
    """The permissions that a role would lose though the actor does not have them."""
    lost = (permission for permission in Permission if permission in had and permission not in words)
    return [str(permission) for permission in lost if not actor.may(permission)]
