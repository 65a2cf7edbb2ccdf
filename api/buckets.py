"""Token buckets: how much each name may still take. In this process only, and bounded.

A bucket fills at a steady rate up to its brim. What is spent after the fact may leave it empty and more, so that who
asked for much waits the longer. A name that is not seen for long is forgotten: its bucket is full again.
"""

import time
from collections.abc import Callable

MOST_NAMES = 50_000


class Buckets:
    """`per_second` 0: nobody is ever held up."""

    def __init__(
        self, per_second: float, brim: float, *, most: int = MOST_NAMES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_second
        self._brim = brim
        self._most = most
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, name: str, points: float = 1.0) -> float:
        """Takes the points, and answers 0; or takes nothing, and answers after how many seconds they will be there."""
        wait = self.wait(name, points)
        if wait == 0.0:
            self.spend(name, points)
        return wait

    def wait(self, name: str, points: float = 1.0) -> float:
        """After how many seconds so much can be taken; 0 for now."""
        if self._rate == 0:
            return 0.0
        lacking = min(points, self._brim) - self._level(name, self._clock())
        return max(0.0, lacking / self._rate)

    def spend(self, name: str, points: float) -> None:
        """Takes the points though they may not be there: at most a whole bucket below empty."""
        if self._rate == 0:
            return
        now = self._clock()
        level = max(-self._brim, self._level(name, now) - points)
        # Put at the end, so that the first names are those that were not seen for longest.
        self._levels.pop(name, None)
        self._levels[name] = (level, now)
        if len(self._levels) > self._most:
            del self._levels[next(iter(self._levels))]

    def _level(self, name: str, now: float) -> float:
        level, since = self._levels.get(name, (self._brim, now))
        return min(self._brim, level + (now - since) * self._rate)
