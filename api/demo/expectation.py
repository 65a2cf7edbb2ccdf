"""What must come true in the demo."""

import time
from collections.abc import Callable
from typing import TypeVar

from omnisales_sdk import ConnectorSignal

T = TypeVar("T")

PATIENCE_SECONDS = 45.0
_POLL_SECONDS = 0.15


class Unmet(Exception):  # noqa: N818 - an outcome of the demo
    """Something that the demo expects did not come true. The message says what, and what was seen instead."""


def expect(what: str, seen: object, wanted: object) -> None:
    """Raises Unmet unless `seen` equals `wanted`."""
    if seen != wanted:
        raise Unmet(f"{what}: expected {wanted!r}, saw {seen!r}")


def until(what: str, ask: Callable[[], T], wanted: Callable[[T], bool], seconds: float = PATIENCE_SECONDS) -> T:
    """Asks again and again until the answer is as wanted, and returns it.

    Raises Unmet with the last answer after `seconds`. A door that does not answer yet is asked again.
    """
    deadline = time.monotonic() + seconds
    seen: object = None
    while True:
        try:
            answer = ask()
        except ConnectorSignal as problem:
            seen = problem
        else:
            if wanted(answer):
                return answer
            seen = answer
        if time.monotonic() > deadline:
            raise Unmet(f"{what}: not within {seconds:g} s; the last thing seen was {seen!r}")
        time.sleep(_POLL_SECONDS)
