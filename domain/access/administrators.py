"""That somebody always administers the house (spec SEC-2).

An administrator holds `*`, or the role `administrator` while it has `access.edit`, sees the whole house, has a password
and is not disabled. Whatever may take one away does so under one lock: of two at once the second sees the
first.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Permission
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, Path, invalid

from .keys import EVERY_ROLE
from .models import Role, User
from .presets import ADMINISTRATOR

_LOCK = "administrators"


async def lock_administrators(session: AsyncSession) -> None:
    """Until the transaction ends, nobody else takes an administrator away."""
    await lock_names(session, [_LOCK])


def administers(roles: Collection[str], *, limited: bool) -> bool:
    """Whether these roles make an administrator of somebody whose view is limited, or is not."""
    return not limited and (EVERY_ROLE in roles or ADMINISTRATOR in roles)


async def keep_an_administrator(session: AsyncSession, user: User) -> None:
    """Raises Invalid where nobody but this person could log in as an administrator. For who holds the lock."""
    slugs = await _slugs(session)
    if await _count(session, slugs, User.id == user.id) and not await _count(session, slugs, User.id != user.id):
        raise _last(("id",))


async def keep_the_role(session: AsyncSession) -> None:
    """Raises Invalid where nobody could administer the house once the role `administrator` has no `access.edit`. For
    who holds the lock.
    """
    if await _count(session, await _slugs(session)) and not await _count(session, [EVERY_ROLE]):
        raise _last(("permissions",))


async def _slugs(session: AsyncSession) -> list[str]:
    """The roles of which one makes an administrator now."""
    words = await session.scalar(select(Role.permissions).where(Role.slug == ADMINISTRATOR))
    return [EVERY_ROLE, ADMINISTRATOR] if Permission.ACCESS_EDIT in (words or ()) else [EVERY_ROLE]


async def _count(session: AsyncSession, slugs: Collection[str], *which: ColumnElement[bool]) -> int:
    """How many of these people hold one of these roles and can log in with the whole house in view."""
    whole = User.team_id.is_(None), User.own_orders_only.is_(False)
    can_log_in = User.disabled_at.is_(None), User.password_hash.is_not(None)
    holds = or_(*(User.roles.has_key(slug) for slug in slugs))
    return await session.scalar(select(func.count()).where(holds, *whole, *can_log_in, *which)) or 0


def _last(path: Path) -> Invalid:
    return invalid(path, "LAST_ADMINISTRATOR", "Nobody else could administer the house. Make another one first.")
