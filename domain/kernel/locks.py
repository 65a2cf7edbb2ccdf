"""Locks on names: for what has no row yet that could be locked. They end with the transaction."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

_KEYS = bindparam("keys", type_=ARRAY(BigInteger))
_ALONE = text("SELECT count(pg_advisory_xact_lock(key)) FROM unnest(:keys) AS key").bindparams(_KEYS)
_SHARED = text("SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest(:keys) AS key").bindparams(_KEYS)


async def lock_names(session: AsyncSession, names: Iterable[str], *, shared: bool = False) -> None:
    """Locks the names in a fixed order, so that two callers with several names do not wait for each other.

    Many may hold a name `shared`; alone, one. Names are hashed to 64 bits: two may share a lock, which only waits.
    """
    keys = sorted({_key(name) for name in names})
    if keys:
        await session.execute(_SHARED if shared else _ALONE, {"keys": keys})


def _key(name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
