"""The server under which the API runs."""

import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette

from api.graphql.requests import MAX_BYTES

LAST_ANSWERS_SECONDS = 10
"""How long answers that have begun may take after SIGTERM."""

NOT_STARTED = 3
"""The exit code of a server that could not start, as uvicorn has it."""


class Server(uvicorn.Server):
    """A server that, told to end, first ends the streams that it would otherwise wait for in vain. WebSockets are
    closed with 1012.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        services = getattr(_application(self.config.loaded_app).state, "services", None)
        if services is not None:
            services.live.ending.set()
        await super().shutdown(sockets)


def _application(wrapped: Any) -> Starlette:
    """Our application, inside what the server wraps around it."""
    while not isinstance(wrapped, Starlette):
        wrapped = wrapped.app
    return wrapped


def config(app: object, **options: object) -> uvicorn.Config:
    """How it is set up; a message over a WebSocket may be as large as a request."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
        ws_max_size=MAX_BYTES,
        **options,  # type: ignore[arg-type]
    )
