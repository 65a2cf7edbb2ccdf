"""Waiting for what processes do in their own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 4
"""Times are given for a quiet machine; a busy one gets more and fails nothing."""


async def until(question: Callable[[], Awaitable[T]], *, what: str, seconds: float = 30, every: float = 0.1) -> T:
    """Asks until the answer is true-like, and returns it. Fails with `what` and the last answer."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not (answer := await question()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s; the last answer was {answer!r}"
        await asyncio.sleep(every)
    return answer


async def until_true(question: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
    """Asks very often, for moments that pass."""
    deadline = time.monotonic() + seconds * PATIENCE
    while not question():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        await asyncio.sleep(0.005)


async def until_empty(question: Callable[[], Awaitable[T]], *, what: str, seconds: float = 30) -> None:
    """Asks until nothing is left. Fails with `what` and what is left."""
    deadline = time.monotonic() + seconds * PATIENCE
    while left := await question():
        assert time.monotonic() < deadline, f"{what}: after {seconds} s there is still {left!r}"
        await asyncio.sleep(0.1)
