"""Child processes that a test starts, kills, stops and continues. What they print goes to files in a folder."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OURS = ("OMNISALES_", "DATABASE_URL", "REDIS_URL")


def environment(**ours: str) -> dict[str, str]:
    """The test run's environment with nothing of OmniSales in it but `ours`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", "PYTHONUNBUFFERED": "1"}
    return {**kept, **paths, "OMNISALES_LOG_LEVEL": "WARNING", **ours}


class Process:
    """One process from its start to its end. Used as a context, it is killed with the block."""

    def __init__(self, name: str, argv: list[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._argv = [sys.executable, *argv]
        self._env = dict(env)
        self.child = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as out:
            return subprocess.Popen(self._argv, env=self._env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)

    @property
    def runs(self) -> bool:
        return self.child.poll() is None

    def kill(self) -> None:
        """kill -9."""
        self.child.kill()
        self.child.wait()

    def again(self, **env: str) -> None:
        """Starts it again after its death, as a supervisor would."""
        assert not self.runs
        self._env |= env
        self.child = self._start()

    def pause(self) -> None:
        self.child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    async def ended(self, seconds: float = 90) -> int:
        """Waits for its end; its exit code, negative for the signal that killed it."""
        deadline = time.monotonic() + seconds
        while (code := self.child.poll()) is None:
            assert time.monotonic() < deadline, f"{self.name} still runs after {seconds} s:\n{self.last_words()}"
            await asyncio.sleep(0.02)
        return code

    async def dies(self, seconds: float = 90) -> None:
        """Waits until it has killed itself at its crash point."""
        code = await self.ended(seconds)
        assert code == -signal.SIGKILL, f"{self.name} ended with {code}:\n{self.last_words()}"

    def last_words(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        if self.runs:
            self.kill()
