"""The account that runs PostgreSQL, which refuses to run as root.

As root we borrow an account that exists (`postgres`, else `nobody`); accounts are never made and the mode of a folder
that is not ours is never changed. As anybody else the server simply runs as ourselves.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.refusal import CannotStart

BORROWED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account other than our own that a server runs as."""

    name: str
    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """The account for a server on the folder `data`; None means our own.

    A folder that exists stays with its owner, so that a start as root after a start as a plain user (or after the
    account `postgres` appeared on the machine) still opens it.

    Raises CannotStart where root finds no account, or a plain user has no name (initdb asks for it).
    """
    if os.geteuid() != 0:
        _refuse_nameless_user()
        return None
    owner = data.stat().st_uid if data.exists() else 0
    if owner != 0:
        return _by_uid(owner, data)
    for name in BORROWED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root and this machine has neither the account 'postgres' nor 'nobody': "
        "run omnisales as a plain user, or set DATABASE_URL to a server of your own."
    )


def run_as(
    account: Account | None,
    argv: Sequence[str | Path],
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a short command as `account` to its end and return what it printed.

    Raises CannotStart where we may not switch accounts (a container without that right), OSError where the account
    cannot reach the program.
    """
    try:
        # cwd: our own working folder may be one that the account must not even name.
        return subprocess.run(
            [str(part) for part in argv],
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
        )
    except PermissionError:
        if account is None or _may_switch_to(account):
            raise
        raise CannotStart(
            f"PostgreSQL does not run as root and this container forbids root to become '{account.name}': "
            "run omnisales as a plain user, or set DATABASE_URL to a server of your own."
        ) from None


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether `account` can reach `folder`; the kernel is asked as that account, so that every kind of rule counts."""
    return run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0


def _may_switch_to(account: Account) -> bool:
    try:
        subprocess.run(
            ["/bin/sh", "-c", ":"], user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=True
        )
    except PermissionError:
        return False
    return True


def _by_uid(uid: int, data: Path) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL's data in {data} belong to the user ID {uid}, which has no account on this machine: "
            "give the folder to an account that exists with chown -R, or set OMNISALES_HOME to another folder."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _refuse_nameless_user() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise CannotStart(
            f"PostgreSQL needs a user with a name, and the user ID {os.geteuid()} has none here: "
            "run omnisales as a user known to this machine, or set DATABASE_URL to a server of your own."
        ) from None
