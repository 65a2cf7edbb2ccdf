"""A house under `omnisales up`: its own PostgreSQL and Valkey, and a supervisor that starts again what a test kills."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from tests.chaos.api import Api
from tests.chaos.books import Books
from tests.chaos.house import ADMIN_KEY, House, free_port, house_env, ready
from tests.chaos.processes import Process

WORKERS = 3


@dataclass
class Supervised:
    """The house and its supervisor."""

    house: House
    up: Process

    def starts(self, name: str) -> int:
        """How often it was started."""
        return len(re.findall(rf"{name} started \(process", self.up.log.read_text()))

    def deaths(self) -> list[str]:
        """What the supervisor said of children that ended."""
        return re.findall(r"up +\| (.+; it is started again.*)", self.up.log.read_text())

    def signal(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Whether it still ran."""
        try:
            os.kill(pid_of(self.up, name), number)
        except ProcessLookupError:
            return False
        return True

    def children(self) -> list[psutil.Process]:
        """All that run under the supervisor now."""
        return psutil.Process(self.up.child.pid).children(recursive=True)

    def flush(self) -> bool:
        """Wipes Valkey; whether it was there to be wiped."""
        try:
            with redis.Redis.from_url(self.house.env["REDIS_URL"]) as client:
                return bool(client.flushall())
        except redis.RedisError:
            return False


def runs(process: psutil.Process) -> bool:
    """Whether it runs still; its number may be another's by now."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pid_of(up: Process, name: str) -> int:
    """The process that runs under this name now, or did until a moment ago."""
    found: list[str] = re.findall(rf"{name} started \(process (\d+)\)", up.log.read_text())
    return int(found[-1])


@asynccontextmanager
async def supervised_house(folder: Path) -> AsyncIterator[Supervised]:
    """Runs inside the block; nothing of it is left."""
    home = open_home()
    port = free_port()
    env = house_env(folder, OMNISALES_HOME=str(home))
    url = f"http://127.0.0.1:{port}"
    argv = ["-m", "api.cli", "up", "--port", str(port), "--workers", str(WORKERS)]
    with Process("up", argv, env, folder) as up:
        api = Api(url, ADMIN_KEY)
        await ready(api, up, seconds=60)
        theirs = psutil.Process(pid_of(up, "api")).environ()
        env |= {name: theirs[name] for name in ("DATABASE_URL", "REDIS_URL")}
        house = House(folder, env, port, api, Books(env["DATABASE_URL"]))
        try:
            yield Supervised(house, up)
        finally:
            await api.close()
            await house.books.close()
            up.child.terminate()
            assert await up.ended(60) == 0, up.last_words()
    shutil.rmtree(home)


def open_home() -> Path:
    """A home that PostgreSQL's account can reach."""
    home = Path(tempfile.mkdtemp(prefix="omnisales-chaos-"))
    home.chmod(0o755)
    return home
