"""The server under which the API runs."""

import asyncio
import resource
import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette

from api.graphql.requests import MAX_BYTES
from domain.kernel.settings import Settings

from .guard import Guarded, Patience

LAST_ANSWERS_SECONDS = 10
"""How long answers that have begun may take after SIGTERM."""

TICKS_OF_A_LOOK = 10
"""The server's clock ticks every tenth of a second."""
MOST_FILES = 65_536
KEPT_FILES = 128
"""For the database, the log and what else is no caller's."""

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

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS_OF_A_LOOK == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Guarded):
                    connection.look(now)
        return await super().on_tick(counter)


class Config(uvicorn.Config):
    """uvicorn's, with what each connection is told of our patience."""

    patience: Patience


def _application(wrapped: Any) -> Starlette:
    """Our application, inside what the server wraps around it."""
    while not isinstance(wrapped, Starlette):
        wrapped = wrapped.app
    return wrapped


def config(app: object, settings: Settings | None = None, **options: object) -> Config:
    """How it is set up; a message over a WebSocket may be as large as a request. Whom a proxy speaks for, the
    application decides (`api.addresses`).
    """
    made = Config(
        app,  # type: ignore[arg-type]
        http=Guarded,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
        ws_max_size=MAX_BYTES,
        # What is packed small could be large when it is unpacked; our messages are short.
        ws_per_message_deflate=False,
        **options,  # type: ignore[arg-type]
    )
    chosen = settings or Settings()
    made.patience = Patience.of(chosen, min(chosen.connections, _open_files() - KEPT_FILES))
    return made


def _open_files() -> int:
    """How many files, and so connections, this process may have open. It asks for as many as it is given."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft
