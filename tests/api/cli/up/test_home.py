"""The home: its lock, its secrets, and what is said when it cannot be used."""

import os
import stat
from pathlib import Path

import pytest

from api.cli.refusal import CannotStart
from api.cli.up.home import locked, make_folder, open_home, secret
from api.cli.up.keys import find_keys
from domain.kernel.settings import Settings


def test_a_home_is_made_with_all_folders_above_it(tmp_path: Path) -> None:
    assert open_home(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_the_umask_does_not_close_a_folder_that_must_be_passable(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        make_folder(tmp_path / "new", 0o711)
        (tmp_path / "old").mkdir()
        make_folder(tmp_path / "old", 0o711)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o711
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart) as refusal:
        open_home(tmp_path / "file" / "home")
    assert str(refusal.value) == (
        f"The folder {tmp_path}/file/home cannot be written (Not a directory): "
        "make it writable, or set OMNISALES_HOME to a folder that is."
    )


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that even root cannot write: Linux's /proc")
def test_a_home_that_exists_and_cannot_be_written_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"The folder /proc/\d+/task cannot be written"):
        open_home(Path(f"/proc/{os.getpid()}/task"))


def test_a_second_start_on_the_same_home_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(CannotStart) as refusal, locked(tmp_path):
        pass
    pid = os.getpid()
    assert str(refusal.value) == (
        f"OmniSales already runs on {tmp_path} (process {pid}): use that one, stop it with 'kill {pid}', "
        "or set OMNISALES_HOME to another folder."
    )


def test_a_lock_is_free_again_after_its_holder(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    with locked(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "some.key"
    assert secret(file, lambda: "first") == ("first", True)
    assert secret(file, lambda: "second") == ("first", False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_are_made_shown_once_and_kept(tmp_path: Path) -> None:
    first, second = find_keys(tmp_path, Settings()), find_keys(tmp_path, Settings())
    assert (second.secret, second.admin) == (first.secret, first.admin)
    assert first.admin_hint == f"{first.admin} (shown this once; kept in {tmp_path}/admin.key)"
    assert second.admin_hint == f"kept in {tmp_path}/admin.key"


def test_keys_of_the_environment_win_and_are_not_written(tmp_path: Path) -> None:
    keys = find_keys(tmp_path, Settings(secret_key="s", admin_key="a"))
    assert (keys.secret, keys.admin, keys.admin_hint) == ("s", "a", "the one in OMNISALES_ADMIN_KEY")
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_ones_own_demands_a_secret_key(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="OMNISALES_SECRET_KEY is not set, which a DATABASE_URL of your own demands"):
        find_keys(tmp_path, Settings(database_url="postgresql+asyncpg://elsewhere/db"))
    assert list(tmp_path.iterdir()) == []
