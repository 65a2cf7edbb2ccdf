"""`omnisales up` as a real process with real servers; small programs stand in for ours (see standins.py)."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from api.cli.up.orphans import MARK, end_orphans
from api.cli.up.output import Output

ROOT = Path(__file__).parents[4]
STANDINS = Path(__file__).with_name("standins.py")


class Up:
    """One run of `omnisales up` and what it printed."""

    def __init__(self, home: Path, **env: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNISALES_", "DATABASE_"))}
        paths = {"PYTHONPATH": str(ROOT), "OMNISALES_HOME": str(home), "OMNISALES_PORT": "0"}
        self.home = home
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, STANDINS, "up"],
            env=clean | paths | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as source:
            for line in source:
                self.lines.append(line.rstrip("\n"))

    def wait_for(self, text: str, times: int = 1) -> None:
        until(lambda: sum(text in line for line in self.lines) >= times, what=lambda: "\n".join(self.lines))

    def pid(self, name: str) -> int:
        return [
            int(found[1]) for line in self.lines if (found := re.search(rf"{name} started \(process (\d+)\)", line))
        ][-1]

    def pids(self) -> list[int]:
        return [int(found[1]) for line in self.lines if (found := re.search(r"started \(process (\d+)\)", line))]

    def health(self) -> tuple[int, str]:
        port = json.loads((self.home / "ports.json").read_text())["api"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(60)
        self._reader.join(10)
        return code


def until(condition: Callable[[], object], what: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain\n{what()}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ready(up: Up) -> bool:
    try:
        return up.health()[0] == 200
    except OSError:
        return False


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Up]]:
    runs: list[Up] = []

    def start(**env: str) -> Up:
        runs.append(Up(home, **env))
        return runs[-1]

    yield start
    for up in runs:
        if up.process.poll() is None:
            up.end()


@pytest.fixture(scope="module")
def running(open_folder: Path) -> Iterator[Up]:
    """A run that several tests look at."""
    up = Up(open_folder / "running")
    up.wait_for("Stop      Ctrl-C")
    yield up
    up.end()
    shutil.rmtree(up.home)


def test_it_tells_when_all_is_ready_where_to_go_and_the_key(running: Up) -> None:
    assert running.health() == (200, "1")
    at = running.lines.index("OmniSales is ready.")
    port = json.loads((running.home / "ports.json").read_text())["api"]
    key = (running.home / "admin.key").read_text().strip()
    assert running.lines[at + 1 : at + 4] == [
        f"  GraphiQL  http://127.0.0.1:{port}/graphiql",
        f"  API key   {key} (shown this once; kept in {running.home}/admin.key)",
        f"  Stop      Ctrl-C, or kill {running.process.pid}",
    ]


def test_a_second_start_on_the_same_home_is_refused(running: Up) -> None:
    second = Up(running.home)
    assert second.wait() == 2
    assert second.lines == [
        f"OmniSales already runs on {running.home} (process {running.process.pid}): use that one, "
        f"stop it with 'kill {running.process.pid}', or set OMNISALES_HOME to another folder."
    ]
    assert running.health()[0] == 200


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker", "api"])
def test_each_part_comes_back_after_kill_9(running: Up, name: str) -> None:
    first = running.pid(name)
    os.kill(first, signal.SIGKILL)
    running.wait_for(f"{name} was killed by SIGKILL; it is started again in 0.5 s")
    running.wait_for(f"{name} started", times=2)
    until(lambda: ready(running))
    assert running.pid(name) != first
    assert running.process.poll() is None


def test_children_know_what_they_need_and_others_may_not_read_it(running: Up) -> None:
    env = psutil.Process(running.pid("scheduler")).environ()
    assert env["DATABASE_URL"].startswith("postgresql+asyncpg://omnisales:")
    assert env["REDIS_URL"].startswith("redis://:")
    assert env["OMNISALES_SECRET_KEY"] == (running.home / "secret.key").read_text().strip()
    assert env["OMNISALES_ADMIN_KEY"] == (running.home / "admin.key").read_text().strip()
    assert env["OMNISALES_HOME"] == str(running.home)
    readable = [path.name for path in running.home.iterdir() if path.is_file() and path.stat().st_mode & 0o077]
    assert readable == ["lock"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_signal_ends_everything_in_order(start: Callable[..., Up], number: signal.Signals) -> None:
    up = start()
    up.wait_for("Stop      Ctrl-C")
    up.wait_for("worker    | with child")
    pids = up.pids()
    assert up.end(number) == 0
    stopped = [line.split()[2] for line in up.lines if line.endswith(" stopped")]
    assert sorted(stopped[:4]) == ["api", "relay", "scheduler", "worker"]
    assert stopped[4:] == ["valkey", "postgres"]
    assert "worker    | finishing" in up.lines
    assert any("database system is shut down" in line for line in up.lines)
    assert [pid for pid in pids if alive(pid)] == []


def test_a_stop_signal_during_the_start_ends_everything(start: Callable[..., Up]) -> None:
    up = start()
    up.wait_for("postgres started")
    assert up.end() == 0
    assert "OmniSales is ready." not in up.lines
    assert [pid for pid in up.pids() if alive(pid)] == []


def test_after_kill_9_of_all_the_next_start_goes_on_with_what_was_there(start: Callable[..., Up], home: Path) -> None:
    first = start()
    first.wait_for("Stop      Ctrl-C")
    ports = (home / "ports.json").read_text()
    for pid in [first.process.pid, *first.pids()]:
        os.kill(pid, signal.SIGKILL)
    first.process.wait()
    second = start()
    second.wait_for("Stop      Ctrl-C")
    first.wait()
    assert second.health() == (200, "2")
    assert (home / "ports.json").read_text() == ports
    assert f"  API key   kept in {home}/admin.key" in second.lines


def test_after_kill_9_of_the_supervisor_alone_the_next_start_finds_everything_free(start: Callable[..., Up]) -> None:
    first = start()
    first.wait_for("Stop      Ctrl-C")
    pids = first.pids()
    first.process.kill()
    first.process.wait()
    second = start()
    second.wait_for("Stop      Ctrl-C")
    first.wait()
    assert second.health() == (200, "2")
    assert [pid for pid in pids if alive(pid)] == []


def test_what_an_earlier_run_left_is_ended_and_nothing_else(home: Path) -> None:
    sleep = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
    ours = subprocess.Popen(sleep, env={MARK: str(home)})
    of_another_home = subprocess.Popen(sleep, env={MARK: f"{home}-2"})
    try:
        until(
            lambda: MARK in psutil.Process(ours.pid).environ() and MARK in psutil.Process(of_another_home.pid).environ()
        )
        end_orphans(home, [home / "valkey"], Output(sys.stdout))
        assert not alive(ours.pid)
        ours.wait()
        assert of_another_home.poll() is None
    finally:
        of_another_home.kill()
        of_another_home.wait()


def test_a_taken_port_is_refused_before_anything_starts(start: Callable[..., Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start(OMNISALES_PORT=str(port))
        assert up.wait() == 2
    assert up.lines == [
        f"Port {port} is in use by another program: stop that program, "
        "or choose another port with --port or OMNISALES_PORT."
    ]


def test_a_failed_migration_ends_the_start_with_its_reason(start: Callable[..., Up]) -> None:
    up = start(OMNISALES_STANDIN_MIGRATION="no such revision")
    assert up.wait() == 2
    assert up.lines[-1] == (
        "migrate ended with exit code 1, the last words being 'no such revision': mend that and start again."
    )
    assert [pid for pid in up.pids() if alive(pid)] == []


def test_with_servers_of_ones_own_nothing_embedded_is_started(
    running: Up, start: Callable[..., Up], home: Path
) -> None:
    env = psutil.Process(running.pid("scheduler")).environ()
    up = start(DATABASE_URL=env["DATABASE_URL"], REDIS_URL=env["REDIS_URL"], OMNISALES_SECRET_KEY="of my own")
    up.wait_for("Stop      Ctrl-C")
    assert up.end() == 0
    assert not any(line.startswith(("postgres", "valkey")) for line in up.lines)
    assert sorted(path.name for path in home.iterdir()) == ["admin.key", "lock", "ports.json"]


def test_a_database_of_ones_own_without_a_secret_key_is_refused(start: Callable[..., Up]) -> None:
    up = start(DATABASE_URL="postgresql://somewhere/else")
    assert up.wait() == 2
    assert len(up.lines) == 1
    assert up.lines[0].startswith("OMNISALES_SECRET_KEY is not set, which a DATABASE_URL of your own demands: set it")
