"""Ends what an earlier supervisor of the same home left running when it was killed.

Found by what they are and not by a noted process number, which by now may be another program's: our Python children
carry the home in their environment; PostgreSQL and Valkey (which overwrite theirs) work in their data folder.
Call it only while holding the home's lock: then no supervisor is alive and whatever is found is an orphan.
"""

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import psutil

from api.cli.up.output import Output

MARK = "OMNISALES_SUPERVISED_HOME"
SERVERS = {"postgres": signal.SIGINT, "valkey-server": signal.SIGTERM}
STOP_SECONDS = 20.0


def end_orphans(home: Path, folders: Collection[Path], output: Output) -> None:
    """End our children of an earlier run: first those that use the servers, then the servers on `folders`."""
    families = psutil.Process().parents()
    found = [process for process in psutil.process_iter() if process.pid != os.getpid() and process not in families]
    for group in ([p for p in found if _is_ours(p, home)], [p for p in found if _is_server_on(p, folders)]):
        if group:
            output.say(f"ending {len(group)} process(es) that an earlier run left behind")
        for process in _heads(group):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(SERVERS.get(process.name(), signal.SIGTERM))
        _, alive = psutil.wait_procs(group, timeout=STOP_SECONDS)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=STOP_SECONDS)


def _is_ours(process: psutil.Process, home: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(home) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def _is_server_on(process: psutil.Process, folders: Collection[Path]) -> bool:
    try:
        return process.name() in SERVERS and Path(process.cwd()) in folders
    except (psutil.Error, OSError):
        return False


def _heads(group: list[psutil.Process]) -> list[psutil.Process]:
    # PostgreSQL's own children end with it; the signals that stop a server mean other things to them.
    pids = {process.pid for process in group}
    return [process for process in group if _parent(process) not in pids]


def _parent(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except psutil.NoSuchProcess:
        return 0
