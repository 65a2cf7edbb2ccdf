"""A load generator that costs little: raw HTTP/1.1 over kept connections, a bounded number of requests."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import psutil


@dataclass(frozen=True, slots=True)
class Load:
    """What one block of requests took. `cpu_ms` is the servers' processor time per request."""

    requests: int
    seconds: float
    latencies_ms: Sequence[float]
    cpu_ms: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time of these processes and their children so far."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A whole request as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


async def run(
    port: int,
    make: Callable[[int], bytes],
    *,
    requests: int,
    clients: int,
    pids: Sequence[int],
    expect: bytes = b'"data"',
) -> Load:
    """Sends `requests` requests over `clients` connections; each answer must be a 200 that holds `expect`.

    The requests are made before the clock starts: what it costs to write them is nobody's cost but ours.
    """
    made = [make(number) for number in range(requests)]
    counter = iter(range(requests))
    latencies: list[float] = []
    loop = asyncio.get_running_loop()
    connections = [(await loop.create_connection(_Connection, "127.0.0.1", port))[1] for _ in range(clients)]

    async def client(connection: _Connection) -> None:
        for number in counter:
            begun = time.perf_counter()
            status, body = await connection.ask(made[number])
            latencies.append((time.perf_counter() - begun) * 1000)
            if status != 200 or expect not in body or b'"errors"' in body:
                raise RuntimeError(f"request {number} was answered {status}: {body[:500]!r}")

    cpu = cpu_seconds(pids)
    begun = time.perf_counter()
    try:
        await asyncio.gather(*(client(connection) for connection in connections))
    finally:
        for connection in connections:
            connection.close()
    seconds = time.perf_counter() - begun
    return Load(requests, seconds, latencies, (cpu_seconds(pids) - cpu) * 1000 / requests)


class _Connection(asyncio.Protocol):
    """One kept connection, one request at a time. Answers must name their length, as all of ours do."""

    _transport: asyncio.Transport
    _answer: asyncio.Future[tuple[int, bytes]]
    _received: bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass, but has all of it

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._answer = asyncio.get_running_loop().create_future()
        self._received = b""
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) >= length:
            self._answer.set_result((int(head.split(b" ", 2)[1]), body))

    def connection_lost(self, error: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server ended the connection"))

    def close(self) -> None:
        self._transport.close()
