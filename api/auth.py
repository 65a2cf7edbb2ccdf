"""Who calls: API keys as `Authorization: Bearer`. Anonymous callers get nothing."""

import time
from collections.abc import Mapping

from domain.access.keys import find_key
from domain.kernel.actor import Actor
from domain.kernel.database import Database
from domain.kernel.secrets import digest

from .throttle import found

_SECONDS = 5.0
_MOST = 10_000
_LONGEST_KEY = 200


class Keys:
    """Looks keys up, and remembers each for a few seconds: that is also how long a revoked key may still be taken.

    Only keys that were found are remembered, by their hash.
    """

    def __init__(self, database: Database, *, seconds: float = _SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._known: dict[str, tuple[float, Actor]] = {}

    async def actor(self, headers: Mapping[str, str]) -> Actor | None:
        """Who sent these headers; None without a valid key. Raises what the database raises when it is away."""
        actor = await self._owner(headers)
        if actor is not None:
            found(actor)
        return actor

    async def _owner(self, headers: Mapping[str, str]) -> Actor | None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not 0 < len(key) <= _LONGEST_KEY:
            return None
        name = digest(key)
        now = time.monotonic()
        known = self._known.get(name)
        if known is not None and known[0] > now:
            return known[1]
        async with self._database.read() as connection:
            actor = await find_key(connection, key)
        self._known.pop(name, None)
        if actor is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[name] = (now + self._seconds, actor)
        return actor
