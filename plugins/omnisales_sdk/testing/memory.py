"""State, locks and log of a connector, kept in memory: the same promises as the host's, for one process."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from omnisales_sdk.errors import TryLater


class MemoryState:
    """`State` in a dictionary. `stored` shows all of it: (key, secret) to value."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.stored: dict[tuple[str, bool], str] = {}

    def get(self, key: str, *, secret: bool = False) -> str | None:
        return self.stored.get((key, secret))

    def set(self, key: str, value: str | None, *, expected: str | None, secret: bool = False) -> bool:
        with self._lock:
            if self.stored.get((key, secret)) != expected:
                return False
            if value is None:
                self.stored.pop((key, secret), None)
            else:
                self.stored[key, secret] = value
            return True


class MemoryLocks:
    """`lock(name)` of a context; raises `TryLater` when the lock is not had within `wait` seconds."""

    def __init__(self, *, wait: float = 5.0) -> None:
        self._wait = wait
        self._guard = Lock()
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        with self._guard:
            lock = self._locks[name]
        if not lock.acquire(timeout=self._wait):
            raise TryLater(f"the lock {name!r} is taken")
        try:
            yield
        finally:
            lock.release()


class MemoryLog:
    """A log that remembers: `events` holds (level, event, values)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    def info(self, event: str, **values: Any) -> None:
        self.events.append(("info", event, values))

    def warning(self, event: str, **values: Any) -> None:
        self.events.append(("warning", event, values))
