"""The supervisor with tiny real children."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from api.cli.refusal import CannotStart
from api.cli.up.output import Output
from api.cli.up.run import StopSignals
from api.cli.up.supervisor import Child, Keeper, how_it_ended, stop_all
from api.cli.up.waiting import Interrupted, run_to_end, wait_until_ready

Keep = Callable[..., Keeper]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def keep(stream: io.StringIO) -> Iterator[Keep]:
    """Starts a keeper of a child that runs a piece of Python; all are stopped at the end."""
    keepers: list[Keeper] = []

    def start(code: str, pauses: tuple[float, ...] = (0.02, 0.05), **options: object) -> Keeper:
        keeper = Keeper(python(code, **options), Output(stream), pauses)
        keepers.append(keeper)
        keeper.start()
        return keeper

    yield start
    for keeper in keepers:
        keeper.stop()


def python(code: str, **options: object) -> Child:
    return Child(name="tick", argv=[sys.executable, "-S", "-c", code], env=dict(os.environ), **options)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def said(stream: io.StringIO) -> list[str]:
    return [line.split("| ", 1)[1] for line in stream.getvalue().splitlines() if line.startswith("up ")]


def test_a_child_that_ends_is_started_again_after_growing_pauses_and_this_is_said(
    keep: Keep, stream: io.StringIO
) -> None:
    keeper = keep("import sys; sys.exit(3)")
    until(lambda: keeper.failures >= 3)
    keeper.stop()
    restarts = [line for line in said(stream) if "again" in line]
    assert restarts[:3] == [
        "tick ended with exit code 3; it is started again in 0.02 s",
        "tick ended with exit code 3; it is started again in 0.05 s",
        "tick ended with exit code 3; it is started again in 0.05 s",
    ]


def test_a_killed_child_comes_back(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep("import time; time.sleep(60)")
    until(lambda: keeper.pid)
    first = keeper.pid
    assert first
    os.kill(first, signal.SIGKILL)
    until(lambda: keeper.pid not in (first, None))
    assert "tick was killed by SIGKILL; it is started again in 0.02 s" in said(stream)


def test_every_line_of_a_child_carries_its_name(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep("import sys; print('one'); print('two', file=sys.stderr, flush=True); import time; time.sleep(60)")
    until(lambda: "two" in stream.getvalue())
    keeper.stop()
    lines = stream.getvalue().splitlines()
    assert "tick      | one" in lines or "tick      | two" in lines
    assert all(line.startswith(("tick      | ", "up        | ")) for line in lines)


def test_stop_gives_a_child_time_to_finish(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), print('finished', flush=True), sys.exit(0)))\n"
        "print('up', flush=True); time.sleep(60)"
    )
    until(lambda: "| up" in stream.getvalue())
    keeper.stop()
    assert stream.getvalue().splitlines()[-2:] == ["tick      | finished", "up        | tick stopped"]


def test_a_child_that_ignores_the_signal_is_killed_after_its_time(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
        stop_seconds=0.2,
    )
    until(lambda: "| up" in stream.getvalue())
    pid = keeper.pid
    keeper.stop()
    assert pid and not alive(pid)
    assert "tick has not stopped and is killed" in said(stream)


def test_a_hurry_does_not_wait(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    until(lambda: "| up" in stream.getvalue())
    hurry = threading.Event()
    hurry.set()
    began = time.monotonic()
    stop_all([keeper], hurry)
    assert time.monotonic() - began < 5
    assert said(stream)[-2:] == ["tick has not stopped and is killed", "tick stopped"]


def test_signals_of_one_second_count_once_and_a_later_one_means_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = StopSignals()
    signals.heard()
    signals.heard()
    assert (signals.stop.is_set(), signals.hurry.is_set()) == (True, False)
    monkeypatch.setattr("api.cli.up.run.SAME_SECONDS", 0.0)
    signals.heard()
    assert signals.hurry.is_set()


def test_children_of_a_child_end_with_it(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep(
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    until(lambda: "tick      | " in stream.getvalue())
    grandchild = int(stream.getvalue().split("tick      | ")[1].split()[0])
    assert keeper.pid
    os.kill(keeper.pid, signal.SIGKILL)
    until(lambda: not alive(grandchild))


def test_a_program_that_is_missing_is_said_in_one_line(stream: io.StringIO) -> None:
    keeper = Keeper(Child(name="tick", argv=["/no/such"], env={}), Output(stream), (0.02,))
    keeper.start()
    until(lambda: keeper.failures)
    keeper.stop()
    assert "tick      | /no/such cannot be run: No such file or directory" in stream.getvalue().splitlines()


def test_what_happens_before_a_start_happens_before_every_start(keep: Keep) -> None:
    calls: list[float] = []
    until_third = keep("", before_start=lambda: calls.append(time.monotonic()))
    until(lambda: until_third.failures >= 3)
    assert len(calls) >= 3


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not tell a child of its parent's death")
def test_a_child_ends_when_its_supervisor_is_killed() -> None:
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time\n"
            "from api.cli.up.output import Output\n"
            "from api.cli.up.supervisor import Child, Keeper\n"
            "code = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'\n"
            "child = Child(name='tick', argv=[sys.executable, '-c', code], env={})\n"
            "Keeper(child, Output(sys.stdout)).start()\n"
            "time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[4],
    )
    assert supervisor.stdout
    with supervisor.stdout as lines:
        child = next(int(line.split("| ")[1]) for line in lines if line.startswith("tick"))
        supervisor.kill()
        supervisor.wait()
    until(lambda: not alive(child))


def test_a_child_that_others_need_and_that_cannot_start_ends_the_start_with_its_last_words(keep: Keep) -> None:
    keeper = keep("import sys; print('disk full'); sys.exit(1)", is_ready=lambda: False)
    with pytest.raises(CannotStart) as refusal:
        wait_until_ready(keeper)
    assert str(refusal.value) == (
        "tick ended 3 times while it was starting, the last words being 'disk full': mend that and start again."
    )


def test_waiting_ends_when_the_operator_stops(keep: Keep) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        wait_until_ready(keep("import time; time.sleep(60)", is_ready=lambda: False), stop)


def test_a_task_that_fails_ends_the_start_with_its_last_words(stream: io.StringIO) -> None:
    with pytest.raises(CannotStart, match="tick ended with exit code 1, the last words being 'no such revision'"):
        run_to_end(python("import sys; sys.exit('no such revision')"), Output(stream), threading.Event())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with exit code 0"),
        (-9, "was killed by SIGKILL"),
        (-99, "was killed by signal 99"),
    ],
)
def test_an_end_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words


def test_a_line_without_end_does_not_fill_the_memory(keep: Keep, stream: io.StringIO) -> None:
    keeper = keep("import time; print('x' * 200_000, flush=True); time.sleep(60)")
    until(lambda: stream.getvalue().count("x") == 200_000)
    keeper.stop()
    assert max(len(line) for line in stream.getvalue().splitlines()) < 66_000


def test_output_goes_on_when_its_reader_has_gone() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        output = Output(gone)
        output.say("one")
        output.say("two")
