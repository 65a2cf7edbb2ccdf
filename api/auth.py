"""Who calls: the one place that every door asks. Programs come with a key, people with a session's token or a cookie.
Who is not known gets nothing.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from starlette.requests import HTTPConnection

from domain.access.callers import Found, Login, find_callers, is_session
from domain.access.keys import note_key_use
from domain.access.models import SessionKind
from domain.access.sessions import note_use
from domain.kernel.actor import Actor
from domain.kernel.away import database_is_away
from domain.kernel.clock import utc_now
from domain.kernel.database import Database, TimeLimit
from domain.kernel.settings import Settings

from .cookies import forgotten
from .graphql.idempotency import RequestRefused
from .proofs import Proof, check_page, proof_of
from .throttle import found as was_found

log = structlog.get_logger(__name__)

KNOWN_SECONDS = 4.0
WATCH_SECONDS = 2.0
NOTED_SECONDS = 60.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A caller; `login` is the session, None for a key."""

    actor: Actor
    proof: Proof
    login: Login | None = None

    @property
    def csrf_token(self) -> str | None:
        """What pages repeat with each change; None for who sends no cookie."""
        return self.proof.csrf_token if self.proof.by_cookie else None


@dataclass(slots=True, eq=False)
class Watch:
    """A caller who is followed while something of his goes on. `actor` is who he is now, None once he has ended; then,
    and whenever he may more or less than before, `changed` is set.
    """

    name: str
    is_session: bool
    actor: Actor | None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Callers:
    """Finds callers, and remembers each for a few seconds: that long another process may still take what was revoked
    here. One task looks after all that is going on.

    Only callers that were found are remembered, by their hash.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._known: dict[str, tuple[float, Found]] = {}
        self._used: set[UUID] = set()
        self._used_keys: set[UUID] = set()
        self._watched: set[Watch] = set()
        self._look = asyncio.Event()
        self._changes = 0

    async def caller(
        self, connection: HTTPConnection, *, authorization: str | None = None, csrf: str | None = None
    ) -> Known:
        """Who sent this request; the two words are what a WebSocket sends in the place of headers.

        Raises `RequestRefused`: 401 without a valid key or session, 403 where a page may not use its cookie so; and
        what the database raises when it is away.
        """
        proof = proof_of(connection, self._settings, authorization)
        if proof is None:
            raise nobody()
        check_page(connection, self._settings, proof, csrf)
        try:
            return await self.again(proof)
        except SessionEnded as ended:
            if proof.by_cookie:
                ended.headers = {**(ended.headers or {}), "Set-Cookie": forgotten(connection, self._settings)}
            raise

    async def again(self, proof: Proof) -> Known:
        """Who this is now. Raises `RequestRefused` with 401."""
        found = self._remembered(proof.name)
        if found is None:
            found = await self._find(proof)
        login = found.login
        if proof.by_cookie != (login is not None and login.kind is SessionKind.COOKIE):
            raise nobody()
        if login is not None:
            self._used.add(login.id)
        elif found.actor.id is not None:
            self._used_keys.add(found.actor.id)
        was_found(found.actor)
        return Known(found.actor, proof, login)

    async def now(self, connection: AsyncConnection | AsyncSession, proof: Proof) -> Found:
        """Who this is as the database has it, whatever is remembered. Raises `RequestRefused` with 401."""
        which = "sessions" if is_session(proof.token) else "keys"
        there = await find_callers(connection, **{which: [proof.name]})
        self._known.pop(proof.name, None)
        if proof.name not in there:
            raise nobody()
        found = there[proof.name]
        if found is None:
            raise SessionEnded
        return found

    def forget(self) -> None:
        """Keys, people or roles were changed here: they are looked at anew, at once."""
        self._changes += 1
        self._known.clear()
        self._look.set()

    @contextmanager
    def watched(self, known: Known) -> Iterator[Watch]:
        """Follows a caller inside the block."""
        watch = Watch(known.proof.name, known.login is not None, known.actor)
        self._watched.add(watch)
        try:
            yield watch
        finally:
            self._watched.discard(watch)

    async def run(self) -> None:
        """Looks after those who are watched, and notes which sessions are used. Without end."""
        noted = time.monotonic()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await self._look.wait()
            self._look.clear()
            try:
                if self._watched:
                    await self._look_at_all()
                if (self._used or self._used_keys) and time.monotonic() - noted >= NOTED_SECONDS:
                    noted = time.monotonic()
                    await self._note()
            except Exception as fault:  # whatever it is: if this ended, what is revoked would go on
                if database_is_away(fault) or isinstance(fault, TimeLimit):
                    log.warning("callers_not_looked_at", error=type(fault).__name__)
                else:
                    log.error("internal_error", exc_info=fault)

    def _remembered(self, name: str) -> Found | None:
        until, found = self._known.get(name, (0.0, None))
        return found if until > time.monotonic() else None

    async def _find(self, proof: Proof) -> Found:
        asked, changes = time.monotonic(), self._changes
        async with self._database.read() as connection:
            found = await self.now(connection, proof)
        if changes == self._changes:  # what was read while something changed may be of before it
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[proof.name] = (asked + known_for(found), found)
        return found

    async def _look_at_all(self) -> None:
        watched = tuple(self._watched)
        keys = {watch.name for watch in watched if not watch.is_session}
        sessions = {watch.name for watch in watched if watch.is_session}
        asked, changes = time.monotonic(), self._changes
        async with self._database.read() as connection:
            there = await find_callers(connection, keys=keys, sessions=sessions)
        for watch in watched:
            found = there.get(watch.name)
            if found is None:
                self._known.pop(watch.name, None)
            elif changes == self._changes:
                self._known[watch.name] = (asked + known_for(found), found)
            actor = None if found is None else found.actor
            if actor != watch.actor:
                watch.actor = actor
                watch.changed.set()

    async def _note(self) -> None:
        used, self._used = self._used, set()
        keys, self._used_keys = self._used_keys, set()
        async with self._database.begin() as session:
            await note_use(session, used, timedelta(minutes=self._settings.session_idle_minutes))
            if keys:
                await note_key_use(session, keys)


def known_for(found: Found) -> float:
    """The seconds for which a caller is remembered: not beyond their end."""
    if found.until is None:
        return KNOWN_SECONDS
    return min(KNOWN_SECONDS, (found.until - utc_now()).total_seconds())


class SessionEnded(RequestRefused):
    """The token is that of a session that has expired or was ended: who has it may know that."""

    def __init__(self) -> None:
        super().__init__(
            401, "SESSION_ENDED", "Your session has ended. Log in again.", headers={"WWW-Authenticate": "Bearer"}
        )


def nobody() -> RequestRefused:
    """The answer to who is not known."""
    return RequestRefused(
        401,
        "UNAUTHENTICATED",
        "Send an API key or a session's token: the header Authorization: Bearer, then the key.",
        headers={"WWW-Authenticate": "Bearer"},
    )
