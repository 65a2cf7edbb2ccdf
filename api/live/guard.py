"""One HTTP connection, with patience that ends: a client that is slow, or sends no end of headers, holds up nobody.

The server looks at all connections every second (`look`), so that a request costs nothing for it. What is waited for:

    head   the request line and all headers, so many seconds from the first byte on, or from the connection's begin
    body   so many seconds, and more as bytes come: below `SLOWEST` bytes a second it is cut off
    unread what we sent and the client does not read

Header and URL are bounded here, since httptools takes any. Bodies are bounded where they are read; of one that nobody
reads, because the answer is given, only a little is taken. When there are too many connections, the one that has
waited longest for its first request makes room.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol, cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.metrics import CUT_OFF
from api.safety import EVERYWHERE
from domain.kernel.settings import Settings

MAX_URL = 32_768
MAX_HEAD = 65_536
LEFT_OVER = 1_000_000
"""So much of a body is taken whose request is answered already."""
SLOWEST = 10_000

_HEAD, _BODY = "head", "body"


@dataclass
class Patience:
    """For all connections of a server; seconds. `waiting` holds those without a request yet, the oldest first."""

    head: float
    body: float
    unread: float
    most: int
    waiting: "dict[Guarded, None]" = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, most: int) -> "Patience":
        return cls(settings.header_seconds, settings.body_seconds, settings.unread_seconds, most)


class Patient(Protocol):
    """The server's configuration, which each connection is given."""

    patience: Patience


class _Refused(Exception):  # noqa: N818 - ends the parser's work on this connection
    """What came is not taken; `Guarded._refusal` says why."""


_TOO_SLOW = (HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The request came too slowly. Send it again.")
_BROKEN = (HTTPStatus.BAD_REQUEST, "BAD_REQUEST", "This is no HTTP request.")
_LONG_URL = (HTTPStatus.REQUEST_URI_TOO_LONG, "URL_TOO_LONG", f"A URL has at most {MAX_URL} bytes; send it by POST.")
_LARGE_HEAD = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "HEADERS_TOO_LARGE",
    f"URL and headers have at most {MAX_HEAD} bytes.",
)


class Guarded(HttpToolsProtocol):
    """uvicorn's protocol, watched."""

    _awaited: str | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._patience = cast("Patient", self.config).patience
        self._refusal = _BROKEN
        self._blocked: float | None = None
        self._begin()
        self._patience.waiting[self] = None
        if len(self.connections) > self._patience.most:
            oldest = next(iter(self._patience.waiting))
            self._patience.waiting.pop(oldest)
            oldest._cut("no_room")

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._awaited is None and (self.cycle is None or self.cycle.response_complete):
            self._begin()
        if self._awaited == _HEAD:
            self._came += len(data)
        super().data_received(data)
        if self._awaited == _HEAD and self._came > MAX_HEAD and not self.transport.is_closing():
            self._refusal = _LARGE_HEAD
            self.send_400_response("")

    def handle_websocket_upgrade(self) -> None:
        self._patience.waiting.pop(self, None)
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._blocked = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._blocked = None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = 0
        if self._awaited is None:
            self._begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL:
            self._refuse(_LONG_URL)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value) + 4
        if self._head_size > MAX_HEAD:
            self._refuse(_LARGE_HEAD)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._patience.waiting.pop(self, None)
        self._awaited, self._since, self._came = _BODY, self.loop.time(), 0

    def on_body(self, body: bytes) -> None:
        self._came += len(body)
        super().on_body(body)
        if self._came > LEFT_OVER and self.cycle is not None and self.cycle.response_complete:
            self._cut("body_of_an_answered_request")

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._awaited = None

    def send_400_response(self, msg: str) -> None:
        """Refuses what came, and closes. An answer that has begun is broken off: nothing can be told any more."""
        status, code, message = self._refusal
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self._cut(code.lower())
            return
        CUT_OFF.labels(code.lower()).inc()
        self.transport.write(_refusal(status, code, message))
        self.transport.close()

    def look(self, now: float) -> None:
        """Ends the connection if what is waited for has not come in time."""
        if self.transport.is_closing() and self._blocked is None:
            # Closed, and yet there: what was sent last is not read.
            self._blocked = now
        if self._blocked is not None:
            if now - self._blocked > self._patience.unread:
                self._cut("unread")
        elif self._awaited is not None and self._is_late(now):
            self._refusal = _TOO_SLOW
            if self._awaited == _HEAD and not self._came:
                CUT_OFF.labels("silent").inc()
                self.transport.close()
            else:
                self.send_400_response("")

    def _is_late(self, now: float) -> bool:
        if self._awaited == _HEAD:
            return now - self._since > self._patience.head
        if self.flow.read_paused:
            # It is we who do not read: the time does not count.
            self._since = now
        return now - self._since > self._patience.body + self._came / SLOWEST

    def _begin(self) -> None:
        self._awaited = _HEAD
        self._since = self.loop.time()
        self._came = 0
        self._head_size = 0

    def _refuse(self, why: tuple[HTTPStatus, str, str]) -> None:
        self._refusal = why
        raise _Refused

    def _cut(self, reason: str) -> None:
        CUT_OFF.labels(reason).inc()
        self.transport.abort()


def _refusal(status: HTTPStatus, code: str, message: str) -> bytes:
    body = orjson.dumps({"code": code, "message": message})
    headers = {
        **EVERYWHERE,
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode() + body
