"""The servers of a benchmark: PostgreSQL and Valkey, the floor, and OmniSales as it is run."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ADMIN_KEY = "bench-admin-key-of-forty-characters-0000"
SECRET_KEY = "bench-secret-key-of-forty-characters-000"


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(
    argv: list[str], env: Mapping[str, str], *, ready: str | None = None, port: int = 0, log: Path
) -> Iterator[Server]:
    """A child that is ready when its path answers 200, and is ended with the block."""
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, *argv],
            env={**os.environ, **env, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
            cwd=ROOT,
            stdout=out,
            stderr=out,
        )
    try:
        if ready is not None:
            _wait(f"http://127.0.0.1:{port}{ready}", child, log)
        yield Server(port, child.pid)
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if child.poll() is not None:
            raise RuntimeError(f"a server ended at once; see {log}: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer within a minute; see {log}")


def floor(env: Mapping[str, str], log: Path) -> AbstractContextManager[Server]:
    """The plain route, under the same uvicorn."""
    port = free_port()
    argv = ["-m", "uvicorn", "bench.floor:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    return process(argv, env, ready="/orders", port=port, log=log)


def ours(env: Mapping[str, str], log: Path) -> AbstractContextManager[Server]:
    """`omnisales serve`, one process."""
    port = free_port()
    argv = ["-m", "api.cli", "serve", "--port", str(port)]
    return process(argv, env, ready="/health/ready", port=port, log=log)
