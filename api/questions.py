"""Questions to a far side that are asked while the caller waits, such as "do these credentials work?".

A hook is plain synchronous Python: it runs on a thread of a small pool of its own, with a time limit, so that a far
side that does not answer holds up nobody else. A question leaves nothing behind: the connector's memory is for this
one call.
"""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.contextvars import get_contextvars

from api.services import Services
from domain.kernel.clock import utc_now
from omnisales_sdk import ConnectionTest, ConnectorSignal
from plugins.host import ConnectorBug, HostError, build_context

log = structlog.get_logger(__name__)

LIMIT = 20.0
_THREADS = ThreadPoolExecutor(max_workers=8, thread_name_prefix="question")


class _Scratch:
    """A connector's memory for one call."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, bool], str] = {}

    def get(self, key: str, *, secret: bool = False) -> str | None:
        return self._values.get((key, secret))

    def set(self, key: str, value: str | None, *, expected: str | None, secret: bool = False) -> bool:
        if self._values.get((key, secret)) != expected:
            return False
        if value is None:
            self._values.pop((key, secret), None)
        else:
            self._values[key, secret] = value
        return True


@contextmanager
def _alone(_: str) -> Iterator[None]:
    yield


async def test_connection(
    services: Services, *, key: str, account: str, settings: Mapping[str, Any], credentials: Mapping[str, Any]
) -> ConnectionTest:
    """Tries an account's credentials. Never raises for what the far side or the connector does: it is the answer."""
    correlation_id = get_contextvars().get("correlation_id")

    def call() -> ConnectionTest:
        ctx = build_context(
            services.host.manifest(key),
            account=account,
            settings=settings,
            credentials=credentials,
            state=_Scratch(),
            lock=_alone,
            now=utc_now,
            correlation_id=correlation_id,
        )
        answer: ConnectionTest = services.host.call(key, "test_connection", ctx)
        return answer

    try:
        async with asyncio.timeout(LIMIT):
            return await asyncio.get_running_loop().run_in_executor(_THREADS, call)
    except TimeoutError:
        return ConnectionTest(ok=False, message=f"The far side did not answer within {LIMIT:.0f} seconds.")
    except ConnectorSignal as signal:
        return ConnectionTest(ok=False, message=str(signal))
    except ConnectorBug as bug:
        log.error("connector_bug", connector=key, hook=bug.hook, reason=bug.reason, traceback=bug.traceback)
        return ConnectionTest(
            ok=False, message=f"The connector {key} failed; its log entry has the correlation id {correlation_id}."
        )
    except HostError as fault:
        return ConnectionTest(ok=False, message=str(fault))
