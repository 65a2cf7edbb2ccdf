"""`omnisales demo` as a real process: a whole installation, the far sides' stand-ins, and the day between them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from api.demo.fresh_home import MARK

ROOT = Path(__file__).parents[3]
SECONDS = 90


@pytest.fixture
def home() -> Iterator[Path]:
    """Not below pytest's own folder, which is closed to PostgreSQL's account when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="omnisales-demo-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder)


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    # The operator's own installation, which the demo must not touch, is one that nobody could reach.
    own = {"DATABASE_URL": "postgresql://127.0.0.1:9/own", "REDIS_URL": "redis://127.0.0.1:9", "OMNISALES_PORT": "9"}
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]), "NO_COLOR": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "api.demo", "--home", str(home), *arguments],
        env=os.environ | paths | own,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_running(home: Path) -> list[str]:
    """Processes that carry the home in their environment or their command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(home) in " ".join([*process.cmdline(), process.environ().get("OMNISALES_HOME", "")]):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def wait_for_scene(demo: subprocess.Popen[str]) -> None:
    """Until the demo tells of the first thing that it did with its installation."""
    assert demo.stdout is not None
    patience = threading.Timer(SECONDS, demo.kill)
    patience.start()
    seen = any(line.startswith("✓ connectors: ") for line in demo.stdout)
    patience.cancel()
    assert seen, "the demo ended before it did anything"


@pytest.mark.chaos
@pytest.mark.spec("SYN-2", "SYN-3", "SYN-4", "SYN-5", "SYN-6", "FUL-1", "FUL-2", "FUL-3", "FUL-5", "ORD-3", "ORD-4")
def test_the_day_comes_out_as_planned_and_leaves_nothing_running(home: Path) -> None:
    demo = start(home, "--json")
    output, story = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 0, story
    facts = json.loads(output)
    assert facts["orders"] == {"PROCESSING": 24, "PENDING_PAYMENT": 5, "DELIVERED": 8, "CANCELLED": 2, "PAID": 1}
    assert facts["store"] == {
        "cancelled": 2,
        "checkout-draft": 2,
        "completed": 8,
        "on-hold": 3,
        "pending": 2,
        "processing": 25,
    }
    assert facts["status_pushes"] == 6
    delivered = [one for one in facts["awbs"] if one["status"] == "DELIVERED"]
    assert sorted(one["courier"] for one in delivered) == ["innoship"] * 5 + ["town-courier"]
    assert len({one["awb"] for one in delivered}) == 6
    assert [one["status"] for one in facts["awbs"] if one not in delivered] == ["VOIDED"]
    for mended in ("sku:CARTE-01", "variant:15", "payment_method:card", "gone"):
        assert set(facts["diary"][mended]) == {"RESOLVED"}
    audit = facts["audit"]
    assert (audit["balanced"], audit["leftovers"]) == (True, [])
    outcomes = {"external": 42, "orders": 40, "ignored": 2, "waiting": 0, "refused": 0, "in_progress": 0}
    assert outcomes.items() <= audit["orders"].items()
    assert left_running(home) == []


@pytest.mark.chaos
def test_a_signal_ends_all_of_it(home: Path) -> None:
    demo = start(home)
    wait_for_scene(demo)
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=SECONDS)
    assert demo.returncode == 130
    assert left_running(home) == []


@pytest.mark.chaos
def test_an_installation_that_dies_is_told_and_ends_with_1(home: Path) -> None:
    demo = start(home)
    wait_for_scene(demo)
    (installation,) = (one for one in psutil.Process(demo.pid).children() if "up" in one.cmdline())
    installation.kill()
    _, problem = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 1
    assert "The demo did not come out as it should: " in problem
    assert f"What its processes said is in {home}/demo.log." in problem
    assert "Traceback" not in problem
    # The orphans of a killed supervisor are told to end by the kernel, and take their time.
    deadline = time.monotonic() + 30
    while left := left_running(home):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_a_folder_with_something_else_in_it_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    demo = start(tmp_path)
    _, problem = demo.communicate(timeout=SECONDS)
    assert demo.returncode == 2
    assert problem == (
        f"The folder {tmp_path} holds something that is not the demo's, and the demo empties its home: "
        "choose another with --home.\n"
    )
    assert [one.name for one in tmp_path.iterdir()] == ["letters.txt"]


def test_what_an_earlier_demo_left_is_removed(tmp_path: Path) -> None:
    from api.cli.up.output import Output
    from api.demo.fresh_home import fresh_home

    home = tmp_path / "home"
    (home / "valkey").mkdir(parents=True)
    for name in (MARK, "admin.key", "valkey/appendonly"):
        (home / name).write_text("old")
    with (tmp_path / "log").open("w") as log:
        assert fresh_home(home, Output(log)) == home
    assert sorted(one.name for one in home.iterdir()) == ["lock", MARK]
