"""Stands around every request: its correlation id, its metrics, and an answer for every fault.

Nothing inner goes outward: a bug is "internal error" with the correlation id, under which the log has the traceback;
a database that is away is 503 with Retry-After.
"""

import time
from functools import lru_cache

import structlog
from prometheus_client import Counter, Histogram
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from domain.kernel.database import TimeLimit
from domain.kernel.origin import caller_ip

from .away import RETRY_AFTER, database_is_away
from .correlation import HEADER, correlation_id_of
from .metrics import REQUESTS, SECONDS

log = structlog.get_logger(__name__)

_UNKNOWN_ROUTE = "none"
_HEADER = HEADER.lower().encode()


class Frame:
    """An ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = correlation_id_of(_sent(scope))
        clear_contextvars()
        bind_contextvars(correlation_id=correlation_id)
        caller_ip.set(scope["client"][0] if scope.get("client") else None)
        started = time.perf_counter()
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_HEADER, correlation_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_framed)
        except Exception as fault:  # the last resort: whatever it is, the caller gets an answer without inner detail
            if status:
                raise
            await _answer_to(fault, correlation_id)(scope, receive, send_framed)
        finally:
            route = getattr(scope.get("route"), "path", _UNKNOWN_ROUTE)
            requests, seconds = _meters(route, scope["method"], status)
            requests.inc()
            seconds.observe(time.perf_counter() - started)


@lru_cache(maxsize=1024)
def _meters(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(route, method, str(status)), SECONDS.labels(route)


def _sent(scope: Scope) -> str | None:
    """The correlation id that the caller sent. ASGI gives names in small letters."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER), None)


def _answer_to(fault: Exception, correlation_id: str) -> Response:
    if database_is_away(fault) or isinstance(fault, TimeLimit):
        body = {"code": "UNAVAILABLE", "message": "The database is away. Repeat the request in a moment."}
        return JSONResponse(body, status_code=503, headers=RETRY_AFTER)
    log.error("internal_error", exc_info=fault)
    body = {"code": "INTERNAL", "message": "internal error", "correlationId": correlation_id}
    return JSONResponse(body, status_code=500)
