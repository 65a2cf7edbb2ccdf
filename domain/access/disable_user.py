"""Sending a person away, and letting them in again (spec SEC-2)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.kernel.versions import check_version

from .administrators import keep_an_administrator
from .mail_tokens import use_tokens
from .models import User
from .people_rules import locked_person
from .sessions import end_sessions


async def disable_user(session: AsyncSession, actor: Actor, user_id: UUID, expected_version: int) -> User:
    """Ends all that the person has open, links that were mailed too, and lets them in no more; one who is disabled
    stays so.

    Raises NotFound, StaleVersion, and Invalid for oneself and for the last administrator.
    """
    user = await locked_person(session, actor, user_id, ends=True)
    if user.disabled_at is not None:
        return user
    check_version("person", expected_version, user.version)
    if user.id == actor.id:
        raise invalid(("id",), "OWN_ACCOUNT", "This is you. Another administrator can do it.")
    await keep_an_administrator(session, user)
    user.disabled_at = user.updated_at = utc_now()
    user.version += 1
    record(session, actor, "person.disable", "person", user.id, title=user.name)
    await session.flush()
    await end_sessions(session, user.id)
    await use_tokens(session, user.id)
    return user


async def enable_user(session: AsyncSession, actor: Actor, user_id: UUID, expected_version: int) -> User:
    """Lets them log in again, with the password that they had; one who is not disabled stays so. A link that was mailed
    before is worth nothing.

    Raises NotFound, StaleVersion and Invalid.
    """
    user = await locked_person(session, actor, user_id)
    if user.disabled_at is None:
        return user
    check_version("person", expected_version, user.version)
    user.disabled_at, user.updated_at = None, utc_now()
    user.version += 1
    record(session, actor, "person.enable", "person", user.id, title=user.name)
    await session.flush()
    await use_tokens(session, user.id)
    return user
