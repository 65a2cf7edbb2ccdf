"""The embedded Valkey for a benchmark."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.cli.up.valkey import EmbeddedValkey


@contextmanager
def valkey(home: Path) -> Iterator[str]:
    """A running server; yields its URL."""
    server = EmbeddedValkey(home.resolve())
    server.prepare()
    child = server.child()
    process = subprocess.Popen([str(word) for word in child.argv], env=child.env, cwd=child.cwd)
    try:
        until = time.monotonic() + 20
        while not server.answers():
            if time.monotonic() > until:
                raise RuntimeError("Valkey did not start")
            time.sleep(0.05)
        yield server.url
    finally:
        process.terminate()
        process.wait(10)
