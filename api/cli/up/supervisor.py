"""Keeps child processes running: each has a thread that starts it, waits for its end, says so and starts it again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.account import Account
from api.cli.up.output import Output, copy_lines

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 30.0
READY_POLL_SECONDS = 0.1
OUTPUT_GRACE_SECONDS = 2.0
LAUNCH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")))


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to keep running.

    `argv[0]` is an absolute path; `env` is the whole environment. `before_start` runs before each start, the first too.
    `is_ready` is asked again and again after each start until it says yes. `stop_seconds` is what the child gets
    between `stop_signal` and kill -9.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20.0
    before_start: Callable[[], None] | None = None
    is_ready: Callable[[], bool] | None = None


class Keeper:
    """Keeps one child running from `start` to `stop`."""

    def __init__(self, child: Child, output: Output, pauses: Sequence[float] = PAUSES) -> None:
        self.child = child
        self.ready = threading.Event()
        self.failures = 0
        self.last_words: list[str] = []
        self._output = output
        self._pauses = pauses
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"keep {child.name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process of the child, while it has one."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once; the child is not started again."""
        with self._lock:
            self._stopping.set()
            if self._process:
                self._process.send_signal(self.child.stop_signal)

    def wait_stopped(self, hurry: threading.Event | None = None) -> None:
        """Wait until the child has ended; after its time, or when `hurry` is set, with kill -9."""
        deadline = time.monotonic() + self.child.stop_seconds
        while self._thread.is_alive() and time.monotonic() < deadline and not (hurry and hurry.is_set()):
            self._thread.join(0.1)
        if self._thread.is_alive() and self._process:
            self._output.say(f"{self.child.name} has not stopped and is killed")
            self._process.kill()
        if self._thread.ident:
            self._thread.join()

    def stop(self) -> None:
        self.ask_to_stop()
        self.wait_stopped()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            ended = self._run_once()
            if self._stopping.is_set():
                self._output.say(f"{self.child.name} stopped")
                return
            self.failures = 1 if time.monotonic() - began > STEADY_SECONDS else self.failures + 1
            pause = self._pauses[min(self.failures, len(self._pauses)) - 1]
            self._output.say(f"{self.child.name} {ended}; it is started again in {pause:g} s")
            self._stopping.wait(pause)

    def _run_once(self) -> str:
        try:
            if self.child.before_start:
                self.child.before_start()
            process = self._spawn()
        except (OSError, CannotStart) as problem:
            return f"could not be started ({problem})"
        if process is None or process.stdout is None:
            return "was not started"
        copying = threading.Thread(
            target=copy_lines, args=(process.stdout, self._output, self.child.name, self.last_words), daemon=True
        )
        copying.start()
        threading.Thread(target=self._watch_ready, args=(process,), daemon=True).start()
        code = process.wait()
        self.ready.clear()
        # Its own children must not outlive it: they would hold ports, locks and our end of its output.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        # With a limit, because a grandchild in another session may keep the output open.
        copying.join(OUTPUT_GRACE_SECONDS)
        return how_it_ended(code)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            self._process = spawn(self.child)
        self._output.say(f"{self.child.name} started (process {self._process.pid})")
        return self._process

    def _watch_ready(self, process: subprocess.Popen[bytes]) -> None:
        if self.child.is_ready is None:
            self.ready.set()
            return
        while process.returncode is None and not self._stopping.is_set():
            if self.child.is_ready() and process.returncode is None:
                self._output.say(f"{self.child.name} is ready")
                self.ready.set()
                return
            time.sleep(READY_POLL_SECONDS)


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """Start the child once, in a session of its own (a Ctrl-C in the terminal reaches only the supervisor)."""
    uid, gid = (child.account.uid, child.account.gid) if child.account else (-1, -1)
    return subprocess.Popen(
        [*LAUNCH, str(os.getpid()), str(int(child.stop_signal)), str(uid), str(gid), *child.argv],
        env=dict(child.env),
        cwd=child.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def how_it_ended(code: int) -> str:
    """An exit code in words, such as `was killed by SIGKILL`."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def stop_all(keepers: Iterable[Keeper], hurry: threading.Event | None = None) -> None:
    """Stop children together: all are asked first, then waited for."""
    asked = list(keepers)
    for keeper in asked:
        keeper.ask_to_stop()
    for keeper in asked:
        keeper.wait_stopped(hurry)
