"""The API under a real server, in a thread of its own, and clients that follow it over real connections."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.app import create_app
from api.live.server import Server, config
from domain.kernel.settings import Settings
from tests.api.conftest import ADMIN_KEY, host

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
WAIT = 30.0


@dataclass
class Running:
    """A server; `server.should_exit` ends it as SIGTERM does."""

    server: Server
    address: str
    thread: Thread
    app: Any

    @property
    def url(self) -> str:
        return f"http://{self.address}"


@contextmanager
def serving(database_url: str, **settings: Any) -> Iterator[Running]:
    """The API, ready, until the block ends."""
    chosen = Settings(database_url=database_url, secret_key="k" * 32, admin_key=ADMIN_KEY, pool_size=3, **settings)
    app = create_app(chosen, host=host())
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    server = Server(config(app, chosen, log_config=None, log_level="critical"))
    thread = Thread(target=_run, args=(server, listener), daemon=True)
    thread.start()
    running = Running(server, address, thread, app)
    _wait_until_ready(running)
    try:
        yield running
    finally:
        server.should_exit = True
        thread.join(WAIT)
        assert not thread.is_alive()


def _run(server: Server, listener: socket.socket) -> None:
    # uvicorn ends the process when a lifespan fails; here only the thread ends.
    with suppress(SystemExit):
        server.run([listener])


def _wait_until_ready(running: Running) -> None:
    deadline = time.monotonic() + WAIT
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if client.get(f"{running.url}/health/ready").status_code == 200:
                    return
            time.sleep(0.02)
    raise AssertionError("the API is not ready")


@dataclass
class Talk:
    """A connection that speaks graphql-transport-ws."""

    socket: ClientConnection
    backlog: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> Any:
        async with asyncio.timeout(WAIT):
            return json.loads(await self.socket.recv())

    async def begin(self, **payload: Any) -> None:
        await self.send(type="connection_init", payload=payload or {"authorization": f"Bearer {ADMIN_KEY}"})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:
        await self.send(id=name, type="subscribe", payload={"query": query, "variables": variables})

    async def next(self, name: str = "1") -> Any:
        """The data of the next answer to an operation."""
        message = await self.hear()
        assert (message["type"], message["id"]) == ("next", name), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def closed(self) -> tuple[int, str]:
        """The code and reason with which the server closes."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()
        await self.socket.wait_closed()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def talk(running: Running, protocol: str | None = "graphql-transport-ws", **headers: str) -> AsyncIterator[Talk]:
    """A connection, not yet begun."""
    async with connect(
        f"ws://{running.address}/graphql",
        subprotocols=[Subprotocol(protocol)] if protocol else None,
        additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
        open_timeout=WAIT,
        proxy=None,
    ) as socket:
        yield Talk(socket)


@dataclass
class Event:
    """One server-sent event."""

    name: str
    data: Any
    id: str | None


@asynccontextmanager
async def stream(
    running: Running, query: str, variables: dict[str, Any] | None = None, **headers: str
) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of a subscription, as they come; comments are passed over."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        httpx.AsyncClient(timeout=WAIT, trust_env=False) as client,
        client.stream(
            "POST",
            f"{running.url}/graphql/stream",
            json={"query": query, "variables": variables or {}},
            headers={"Accept": "text/event-stream", **KEY, **given},
        ) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[Event]:
    parts: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(":")
        if line and name:
            parts[name] = value.removeprefix(" ")
        elif not line and parts:
            text = parts.get("data", "")
            yield Event(parts["event"], json.loads(text) if text else None, parts.get("id"))
            parts = {}
