"""Questions to a far side that are asked while the caller waits, such as "do these credentials work?".

A hook is plain synchronous Python: it runs on a thread of a small pool of its own, with a time limit, so that a far
side that does not answer holds up nobody else. A question leaves nothing behind: the connector's memory is for this
one call.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog
from structlog.contextvars import get_contextvars

from api.services import Services
from domain.kernel.clock import utc_now
from omnisales_sdk import ConnectionTest, ConnectorSignal, NeedsHuman, TryLater
from plugins.host import Clients, ConnectorBug, HostError, build_context, scrub
from plugins.host.masking import SHORTEST

log = structlog.get_logger(__name__)

LIMIT = 20.0
OK = "OK"
UNREACHABLE = "UNREACHABLE"
NOT_ACCEPTED = "NOT_ACCEPTED"
TIMED_OUT = "TIMED_OUT"
FAILED = "CONNECTOR_FAILED"
RATE_LIMITED = "RATE_LIMITED"

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of trying an account: `code` for programs, `message` for people. No secret stands in either."""

    ok: bool
    code: str
    message: str


async def test_connection(
    services: Services,
    *,
    key: str,
    account: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    settings_version: int,
) -> Outcome:
    """Tries an account's credentials. Never raises for what the far side or the connector does: it is the answer."""
    correlation_id = get_contextvars().get("correlation_id")

    def call() -> ConnectionTest:
        # Apart from the workers' clients: what is tried here may be an address that is never stored.
        with closing(Clients()) as clients:
            return with_clients(clients)

    def with_clients(clients: Clients) -> ConnectionTest:
        ctx = build_context(
            services.host.manifest(key),
            account=account,
            settings=settings,
            credentials=credentials,
            state=_Scratch(),
            lock=_alone,
            now=utc_now,
            correlation_id=correlation_id,
            clients=clients,
            settings_version=settings_version,
        )
        answer: ConnectionTest = services.host.call(key, "test_connection", ctx)
        return answer

    outcome = await _within_the_limit(key, call, correlation_id)
    return replace(outcome, message=scrub(outcome.message, _texts(credentials)))


async def _within_the_limit(key: str, call: Callable[[], ConnectionTest], correlation_id: str | None) -> Outcome:
    try:
        async with asyncio.timeout(LIMIT):
            tried = await asyncio.get_running_loop().run_in_executor(_THREADS, call)
    except TimeoutError:
        return Outcome(False, TIMED_OUT, f"The far side did not answer within {LIMIT:.0f} seconds.")
    except TryLater as later:
        return Outcome(False, UNREACHABLE, str(later))
    except NeedsHuman as needs:
        return Outcome(False, NOT_ACCEPTED, f"{needs.message}. {needs.remedy}")
    except ConnectorSignal as signal:
        return Outcome(False, UNREACHABLE, str(signal))
    except ConnectorBug as bug:
        log.error("connector_bug", connector=key, hook=bug.hook, reason=bug.reason, traceback=bug.traceback)
        words = f"The connector {key} failed; its log entry has the correlation id {correlation_id}."
        return Outcome(False, FAILED, words)
    except HostError as fault:
        return Outcome(False, fault.code.upper(), str(fault))
    return Outcome(tried.ok, OK if tried.ok else NOT_ACCEPTED, tried.message)


def _texts(value: Any) -> frozenset[str]:
    """Every text of the credentials: they are the caller's secrets, whatever the connector calls them."""
    if isinstance(value, Mapping):
        return frozenset().union(*map(_texts, value.values()))
    return frozenset({value}) if isinstance(value, str) and len(value) >= SHORTEST else frozenset()
