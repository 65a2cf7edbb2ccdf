"""Ending a key (spec SEC-2)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import NotFound, invalid

from .keys import EVERY_ROLE
from .models import ApiKey
from .roles import check_key


async def revoke_key(session: AsyncSession, actor: Actor, key_id: UUID) -> ApiKey:
    """Ends a key for good; one that is ended stays as it is. Processes may know it for some seconds more.

    Raises NotFound, and Invalid for the admin's key, which a setting makes, for the caller's own, and for one that may
    more than the caller.
    """
    key = await session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update())
    if key is None:
        raise NotFound("API key", key_id, path=("id",))
    if EVERY_ROLE in key.roles:
        raise invalid(("id",), "ADMIN_KEY", "The admin's key is changed by OMNISALES_ADMIN_KEY, not revoked.")
    if key.id == actor.id:
        raise invalid(("id",), "OWN_KEY", "This is the key that you call with; revoke it with another.")
    if key.revoked_at is None:
        await check_key(session, actor, key)
        key.revoked_at = utc_now()
        record(session, actor, "api_key.revoke", "api_key", key.id, title=key.name)
    await session.flush()
    return key
