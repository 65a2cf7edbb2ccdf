"""Where PostgreSQL's data lie.

Normally in the home, `postgres/data`. As root the server runs as another account, which cannot come into a home below
a 0700 folder (`/root`, a CI user's folder). Such folders are not opened; instead the data get a folder of their own
below `/var/lib/omnisales` (else `/srv/omnisales`; never a temporary folder, which a restart of the machine empties).
`postgres.place` in the home tells where; `home` in that folder tells whose it is. To throw an installation away,
remove both.

    <place>/data              PostgreSQL's data, owned by its account, 0700
    <place>/program-18.6.3    a copy of the programs, only where the account cannot reach the installed ones
    <place>/home              the home that this place belongs to, only outside the home
"""

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.account import Account, can_enter, server_account
from api.cli.up.home import make_folder, write_whole

OUTSIDE = (Path("/var/lib/omnisales"), Path("/srv/omnisales"))
POINTER = "postgres.place"


@dataclass(frozen=True)
class Place:
    """A folder for a PostgreSQL server and the account that runs it (None: our own)."""

    folder: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"


def find_place(home: Path, outside: Sequence[Path] = OUTSIDE) -> Place:
    """The place that this home uses already, else a new one that the server's account can reach.

    Raises CannotStart when the place is gone, belongs to another home, or cannot be made.
    """
    pointer = home / POINTER
    if pointer.exists():
        folder = _pointed_at(pointer, home)
        return Place(folder, server_account(folder / "data"))
    inside = home / "postgres"
    account = server_account(inside / "data")
    if (inside / "data").exists():
        if not can_enter(account, inside):
            raise CannotStart(
                f"The account '{account.name if account else 'omnisales'}', which owns PostgreSQL's data in {inside}, "
                "cannot reach that folder any more: open the folders above it to that account, or move the home."
            )
        return Place(inside, account)
    if can_enter(account, home):
        make_folder(inside, 0o711 if account else 0o700)
        return Place(inside, account)
    folder = _new_folder(home, account, outside)
    write_whole(pointer, f"{folder}\n")
    return Place(folder, account)


def remove_place(home: Path, place: Place) -> None:
    """Delete a server's data, wherever they lie."""
    shutil.rmtree(place.folder)
    (home / POINTER).unlink(missing_ok=True)


def _pointed_at(pointer: Path, home: Path) -> Path:
    folder = Path(pointer.read_text().strip())
    if not (folder / "home").exists():
        raise CannotStart(
            f"PostgreSQL's data of this home should be in {folder} and are not there: "
            f"put the folder back, or remove {pointer} to begin with an empty database."
        )
    owner = Path((folder / "home").read_text().strip())
    if owner != home:
        if (owner / POINTER).exists():
            raise CannotStart(
                f"The data in {folder} belong to the home {owner}, of which {home} seems to be a copy: "
                f"use the original, or remove {pointer} to begin with an empty database."
            )
        write_whole(folder / "home", f"{home}\n")
    return folder


def _new_folder(home: Path, account: Account | None, outside: Sequence[Path]) -> Path:
    for parent in outside:
        try:
            make_folder(parent, 0o711)
            if not can_enter(account, parent):
                continue
            prefix = hashlib.sha256(str(home).encode()).hexdigest()[:8] + "-"
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            folder.chmod(0o711)
        except OSError:
            continue
        write_whole(folder / "home", f"{home}\n")
        return folder
    name = account.name if account else "omnisales"
    raise CannotStart(
        f"PostgreSQL runs as the account '{name}', which can reach neither {home} nor a folder of its own "
        f"({', '.join(map(str, outside))}): set OMNISALES_HOME to a folder that it can reach."
    )
