"""Giving a key a new secret (spec SEC-2)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import NotFound, invalid
from domain.kernel.secrets import digest, new_secret

from .create_key import PREFIX, SHOWN, CreatedKey
from .keys import EVERY_ROLE
from .models import ApiKey
from .roles import check_key, end_of, outlives

MAX_GRACE = 168
"""Hours that an old secret may live on: a week."""


async def rotate_key(session: AsyncSession, actor: Actor, key_id: UUID, grace_hours: int) -> CreatedKey:
    """A new secret for a key; the old one is taken for some hours more, a still older one not at all.

    Raises NotFound, and Invalid for the admin's key, one that has ended, and one that may more than the caller or
    is good for longer than the caller's key: its secret would hand that over.
    """
    if not 0 <= grace_hours <= MAX_GRACE:
        raise invalid(("graceHours",), "OUT_OF_RANGE", f"Let the old secret live for 0 to {MAX_GRACE} hours.")
    key = await session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update())
    if key is None:
        raise NotFound("API key", key_id, path=("id",))
    if EVERY_ROLE in key.roles:
        raise invalid(("id",), "ADMIN_KEY", "The admin's key is changed by OMNISALES_ADMIN_KEY, not rotated.")
    now = utc_now()
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise invalid(("id",), "KEY_ENDED", "This key has ended. Make a new one.")
    await check_key(session, actor, key)
    if outlives(key.expires_at, await end_of(session, actor)):
        raise invalid(("id",), "NOT_YOURS", "This key is good for longer than the one that you call with.")
    secret = PREFIX + new_secret()
    key.old_key_hash, key.old_until = key.key_hash, now + timedelta(hours=grace_hours)
    key.key_hash, key.hint = digest(secret), secret[-SHOWN:]
    record(session, actor, "api_key.rotate", "api_key", key.id, title=key.name, after={"old_until": key.old_until})
    await session.flush()
    return CreatedKey(key, secret)
