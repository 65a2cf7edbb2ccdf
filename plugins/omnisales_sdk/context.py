"""What a hook is handed: settings, secrets, the HTTP client, a log, the clock, a little state, and locks."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from .http import HttpClient

S = TypeVar("S", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)


class State(Protocol):
    """A connector's small memory for one account, kept by the host. `secret=True` values are encrypted at rest."""

    def get(self, key: str, *, secret: bool = False) -> str | None: ...

    def set(self, key: str, value: str | None, *, expected: str | None, secret: bool = False) -> bool:
        """Compare-and-set: stores `value` (None removes) only if the current value is `expected`; False if not."""
        ...


class Log(Protocol):
    """A structured log. Values named like a secret are masked by the host."""

    def info(self, event: str, **values: Any) -> None: ...
    def warning(self, event: str, **values: Any) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Context(Generic[S, C]):
    """The world as a hook sees it, for one configured account (a store, a courier contract) of one `connector`.

    `settings` and `credentials` are instances of the models in the connector's manifest, already validated.
    `now()` is aware and UTC. `lock(name)` is exclusive per account over all workers; it raises `TryLater` when it
    cannot be had in time. `mappings` holds the account's own additions to the connector's vocabulary, by kind.
    """

    connector: str
    account: str
    settings: S
    credentials: C
    http: HttpClient
    log: Log
    now: Callable[[], datetime]
    state: State
    lock: Callable[[str], AbstractContextManager[None]]
    webhook_url: str | None = None
    mappings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
