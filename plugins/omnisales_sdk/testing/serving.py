"""Runs a sandbox under uvicorn, in a thread of the test's own process, on a free port."""

import socket
from asyncio import Transport
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

ABORT = "omnisales.abort"
"""The ASGI extension by which an application closes its client's connection without an answer."""

_START_SECONDS = 10.0
_STOP_SECONDS = 10.0


class _AbortableProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type, unused-ignore]
    """ASGI has no word for "hang up": each connection's application is handed its transport's `close`."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override, unused-ignore]
        super().connection_made(transport)
        app: ASGIApp = self.app  # type: ignore[has-type, unused-ignore]

        async def abortable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.close
            await app(scope, receive, send)

        self.app = abortable


class Running:
    """A sandbox that runs until `stop()`, or the end of its `with` block. `url` has no slash at its end."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self._server = server
        self._thread = Thread(target=self._run, args=(listener,), name=f"sandbox {self.url}", daemon=True)
        self._thread.start()
        deadline = monotonic() + _START_SECONDS
        while not server.started:
            if not self._thread.is_alive() or monotonic() > deadline:
                listener.close()
                raise RuntimeError(f"the sandbox at {self.url} did not start: its lifespan failed or takes too long")
            sleep(0.002)

    def _run(self, listener: socket.socket) -> None:
        # uvicorn ends the process when a lifespan fails; here only the thread ends, and the constructor says so.
        with suppress(SystemExit):
            self._server.run([listener])

    def stop(self) -> None:
        """Ends the server and waits for it; may be called twice."""
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError(f"the sandbox at {self.url} does not end")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _config(app: ASGIApp, **options: Any) -> uvicorn.Config:
    return uvicorn.Config(app, http=_AbortableProtocol, ws="none", access_log=False, **options)


def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Starts `app` and returns once it answers. Port 0 is a free one; a port that is taken raises `OSError`."""
    listener = socket.create_server((host, port), backlog=1024)
    config = _config(app, log_config=None, log_level="critical", timeout_graceful_shutdown=1)
    return Running(uvicorn.Server(config), listener)


def serve_forever(app: ASGIApp, *, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Runs `app` in this thread until SIGINT or SIGTERM; `announce` is told its address once the port is held."""
    listener = socket.create_server((host, port), backlog=1024)
    address, taken = listener.getsockname()[:2]
    announce(f"http://{address}:{taken}")
    uvicorn.Server(_config(app, log_level="warning")).run([listener])
