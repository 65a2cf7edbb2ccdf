"""Passwords as they are kept: argon2id, with the library's parameters, a few at a time.

A hash takes 64 MiB and a tenth of a second on purpose. So only some are made at once, some more wait, and whoever comes
then is told to come back: a thousand who log in at once do not take the memory of the house.
"""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.kernel.refusals import Refusal
from domain.kernel.secrets import new_secret

from .passwords import LONGEST, prepared

R = TypeVar("R")

AT_ONCE = 2
WAITING = 50
BACK_AFTER = 5
"""Seconds after which to come back."""


class TooBusy(Refusal):
    """More log in at this moment than can be looked at."""

    code = "TOO_MANY_LOG_INS"

    def __init__(self, seconds: int = BACK_AFTER) -> None:
        super().__init__(f"Too many log-ins at this moment. Repeat it in {seconds} seconds.")
        self.seconds = seconds


class Passwords:
    """Makes hashes and compares with them, off the event loop. `memory_kib` None: as the library has it."""

    def __init__(self, memory_kib: int | None = None, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = PasswordHasher() if memory_kib is None else PasswordHasher(memory_cost=memory_kib)
        self._turn = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._here = 0

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises `TooBusy`."""
        return await self._work(self._hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. Without one that is kept, it takes as long, and is not. Raises `TooBusy`."""
        return await self._work(self._fits, kept, password)

    def is_old(self, kept: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(prepared(password))

    def _fits(self, kept: str | None, password: str) -> bool:
        decoy = self._decoy  # made by whoever comes first, so that its making tells nothing of a person
        known = kept is not None and len(password) <= LONGEST
        try:
            self._hasher.verify(kept if known and kept else decoy, prepared(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return known

    @cached_property
    def _decoy(self) -> str:
        """What is compared with where there is no password."""
        return self._hasher.hash(new_secret())

    async def _work(self, work: Callable[..., R], *given: object) -> R:
        if self._here >= self._most:
            raise TooBusy
        self._here += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._here -= 1
