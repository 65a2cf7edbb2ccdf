"""A `Context` for a connector's tests, made without a host."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from omnisales_sdk.context import Context
from omnisales_sdk.http import HttpClient

from .memory import MemoryLocks, MemoryLog, MemoryState

S = TypeVar("S", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)


class _SelfClosingClient(HttpClient):
    """Nobody ends a test's context: its sockets are closed with the last use of its client."""

    def __del__(self) -> None:
        self.close()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def make_context(
    settings: S,
    credentials: C,
    *,
    now: Callable[[], datetime] = _utc_now,
    transport: Any = None,
    connector: str = "test",
    account: str = "test",
    webhook_url: str | None = None,
    mappings: Mapping[str, Mapping[str, str]] | None = None,
    timeout: float = 5.0,
) -> Context[S, C]:
    """A context with state, locks and log in memory, and a real HTTP client.

    `transport` takes the place of the network: an httpx transport such as `httpx.MockTransport(handler)`. `timeout`
    is that of one request, in seconds. Each context has a memory of its own; `ctx.log.events` is what was logged.
    """
    return Context(
        connector=connector,
        account=account,
        settings=settings,
        credentials=credentials,
        http=_SelfClosingClient(timeout=timeout, transport=transport),
        log=MemoryLog(),
        now=now,
        state=MemoryState(),
        lock=MemoryLocks(),
        webhook_url=webhook_url,
        mappings=mappings or {},
    )
