"""Repairs `postmaster.pid` after a server that was killed.

PostgreSQL trusts the process number in that file when a process of that number exists. After kill -9 this is wrong in
two cases: the dead server is a zombie that nobody reaps (a container without an init), or another program got its
number. So the number is replaced by one that no process can have. The other lines stay: with them PostgreSQL checks
that no orphan still uses its shared memory.
"""

import os
from pathlib import Path

import psutil

# Above every limit for process numbers (Linux: 4194304, macOS: 99999), within what PostgreSQL reads as a number.
SURELY_DEAD = 2**31 - 1


def repair_stale_pid(data: Path) -> None:
    """Make `data/postmaster.pid` harmless unless a PostgreSQL server really runs on `data`."""
    try:
        # The folder is another account's: without following links, as root would write wherever one leads.
        handle = os.open(data / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(handle, "r+") as file:
        first, *others = file.readlines() or [""]
        if first.strip().isdigit() and runs_on(int(first), data):
            return
        file.seek(0)
        file.write(f"{SURELY_DEAD}\n" + "".join(others))
        file.truncate()


def runs_on(pid: int, data: Path) -> bool:
    """Whether the process `pid` is a living PostgreSQL server on the folder `data`."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return Path(process.cwd()) == data.resolve()
    except psutil.Error:
        return False
