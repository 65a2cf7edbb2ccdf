"""The demo's home: emptied before each run, and never a home that is not the demo's."""

import shutil
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.home import locked, open_home
from api.cli.up.orphans import end_orphans
from api.cli.up.output import Output
from api.cli.up.place import POINTER, find_place, remove_place

MARK = "this-is-the-demo"
STAND_INS = "stand-ins"
"""Marks the far sides' processes: below the home, so that they are told from the installation's own."""

_KEPT = {"lock", MARK}


def fresh_home(folder: Path, output: Output) -> Path:
    """An empty home. Raises CannotStart for a folder with other contents, or while a demo runs there."""
    if folder.exists() and not folder.is_dir():
        raise CannotStart(f"{folder} is a file: choose a folder with --home.")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise CannotStart(
            f"The folder {folder} holds something that is not the demo's, and the demo empties its home: "
            "choose another with --home."
        )
    home = open_home(folder)
    with locked(home):
        (home / MARK).touch()
        end_orphans(home / STAND_INS, [], output)
        if (home / POINTER).exists() or (home / "postgres").exists():
            place = find_place(home)
            end_orphans(home, [place.data, home / "valkey"], output)
            remove_place(home, place)
        for left in home.iterdir():
            if left.name not in _KEPT:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    return home
