"""A load generator that costs little: raw HTTP/1.1 over kept connections, a bounded number of requests."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    """Sends `requests` requests over `clients` connections; each answer must be a 200 that holds `expect`."""
    counter = iter(range(requests))
    latencies: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in counter:
                begun = time.perf_counter()
                writer.write(make(number))
                status, body = await _answer(reader)
                latencies.append((time.perf_counter() - begun) * 1000)
                if status != 200 or expect not in body or b'"errors"' in body:
                    raise RuntimeError(f"request {number} was answered {status}: {body[:500]!r}")
        finally:
            writer.close()

    cpu = cpu_seconds(pids)
    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    seconds = time.perf_counter() - begun
    return Load(requests, seconds, latencies, (cpu_seconds(pids) - cpu) * 1000 / requests)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    if b"transfer-encoding: chunked" in head:
        body = b""
        while size := int((await reader.readline()).strip(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return status, body
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return status, await reader.readexactly(length)
