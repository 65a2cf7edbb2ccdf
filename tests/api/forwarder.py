"""A door to PostgreSQL that can be shut: connections through it break, and new ones are refused, as when it is down."""

import asyncio
from contextlib import suppress

from sqlalchemy import make_url


class Forwarder:
    """Forwards a local port to the server of a database URL."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    async def open(self) -> None:
        """Listens, on the same port each time."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return self._url.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)

    async def shut(self) -> None:
        """Breaks what is connected and refuses what comes."""
        if self._server is not None:
            self._server.close()
        self.cut()
        self.go_on()
        await asyncio.sleep(0.01)

    def cut(self) -> None:
        """Breaks what is connected."""
        for writer in self._open:
            writer.transport.abort()

    def hang(self) -> None:
        """Takes what comes and passes nothing on, as a server whose processes are stopped."""
        self._flows.clear()

    def go_on(self) -> None:
        self._flows.set()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(self._url.host, self._url.port)
        both = {writer, there_writer}
        self._open |= both
        await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))
        self._open -= both

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                await self._flows.wait()
                to.write(data)
                await to.drain()
        to.close()
