"""How many connections and streams each caller has open in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.graphql.idempotency import RequestRefused, caller_of
from api.metrics import STREAMS
from domain.kernel.actor import Actor


class Places:
    """Counts; `most` for each caller."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, actor: Actor) -> Iterator[None]:
        """Holds a place. Raises `RequestRefused` where the caller has no more."""
        caller = caller_of(actor)
        if self._taken[caller] >= self._most:
            raise RequestRefused(
                429, "TOO_MANY_SUBSCRIPTIONS", f"You have {self._most} subscriptions open, and no more. End some first."
            )
        self._taken[caller] += 1
        STREAMS.inc()
        try:
            yield
        finally:
            STREAMS.dec()
            self._taken[caller] -= 1
            if not self._taken[caller]:
                del self._taken[caller]


class Sockets:
    """Counts WebSockets; `most` for each caller."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def taken(self, actor: Actor) -> Iterator[bool]:
        """Holds a place if there is one, and says whether."""
        caller = caller_of(actor)
        free = self._open[caller] < self._most
        self._open[caller] += free
        try:
            yield free
        finally:
            self._open[caller] -= free
            if not self._open[caller]:
                del self._open[caller]
