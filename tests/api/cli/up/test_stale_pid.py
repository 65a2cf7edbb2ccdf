"""`postmaster.pid` after kill -9."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from api.cli.up.stale_pid import SURELY_DEAD, repair_stale_pid

OTHER_LINES = "/data\n1795307007\n5432\n\n127.0.0.1\n 5374 12\nready\n"


def write(data: Path, pid: object) -> Path:
    file = data / "postmaster.pid"
    file.write_text(f"{pid}\n{OTHER_LINES}")
    return file


def test_no_process_can_have_the_number_we_write() -> None:
    assert not psutil.pid_exists(SURELY_DEAD)


def test_the_number_of_another_program_is_replaced_and_the_other_lines_stay(tmp_path: Path) -> None:
    file = write(tmp_path, os.getpid())
    repair_stale_pid(tmp_path)
    assert file.read_text() == f"{SURELY_DEAD}\n{OTHER_LINES}"


def test_a_zombie_counts_as_dead(tmp_path: Path) -> None:
    zombie = subprocess.Popen([sys.executable, "-S", "-c", ""])
    while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    file = write(tmp_path, zombie.pid)
    repair_stale_pid(tmp_path)
    zombie.wait()
    assert file.read_text() == f"{SURELY_DEAD}\n{OTHER_LINES}"


@pytest.mark.parametrize("pid", ["", "not a number", str(SURELY_DEAD)])
def test_whatever_stands_there_becomes_a_dead_number(tmp_path: Path, pid: str) -> None:
    file = write(tmp_path, pid)
    repair_stale_pid(tmp_path)
    assert file.read_text() == f"{SURELY_DEAD}\n{OTHER_LINES}"


def test_an_empty_file_gets_a_dead_number(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").touch()
    repair_stale_pid(tmp_path)
    assert (tmp_path / "postmaster.pid").read_text() == f"{SURELY_DEAD}\n"


def test_nothing_is_made_where_nothing_was(tmp_path: Path) -> None:
    repair_stale_pid(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / "postmaster.pid").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        repair_stale_pid(tmp_path)
    assert victim.read_text() == "untouched"
