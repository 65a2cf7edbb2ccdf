"""Named crash points: places between two durable statements where a test lets the process die.

`OMNISALES_CRASH_AT=name` kills the process with SIGKILL the first time it comes by, or the n-th time with `name:n`.
Without the variable a crash point costs one comparison.
"""

import os
import signal
from collections import Counter

_wanted, _, _nth = os.environ.get("OMNISALES_CRASH_AT", "").partition(":")
_seen: Counter[str] = Counter()

POINTS: set[str] = set()
"""The names declared in the code, so that a test can die at each of them."""


def declare(*names: str) -> None:
    """Makes the points of a module known."""
    POINTS.update(names)


def crash_point(name: str) -> None:
    """Dies here, if a test asked for it."""
    if _wanted != name:
        return
    _seen[name] += 1
    if _seen[name] >= int(_nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
