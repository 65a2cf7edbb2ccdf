"""The home: the folder that holds all that an embedded installation keeps (`OMNISALES_HOME`, default `.omnisales/`).

lock             held while `omnisales up` runs; names its process
secret.key       OMNISALES_SECRET_KEY, when we made it        (0600)
admin.key        OMNISALES_ADMIN_KEY, when we made it         (0600)
postgres.key     the password of the embedded PostgreSQL      (0600)
valkey.key       the password of the embedded Valkey          (0600)
valkey.conf      Valkey's configuration, written at each start (0600)
postgres.place   where PostgreSQL's data are, if not here (see place.py)
ports.json       the ports of the embedded servers
postgres/        PostgreSQL's data
valkey/          Valkey's data
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.cli.refusal import CannotStart


def open_home(folder: Path) -> Path:
    """Make the home if need be and return its absolute path.

    As root it can be traversed by others (0711), because PostgreSQL's account has to pass through it; secrets have
    modes of their own. Raises CannotStart where the folder cannot be made or written.
    """
    home = folder.absolute()
    try:
        make_folder(home, 0o711 if os.geteuid() == 0 else 0o700)
        home = home.resolve()
        _probe(home)
    except OSError as problem:
        raise CannotStart(
            f"The folder {home} cannot be written ({problem.strerror}): "
            "make it writable, or set OMNISALES_HOME to a folder that is."
        ) from None
    return home


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder of exactly this mode, whatever the umask; one that is there already stays as it is."""
    if folder.is_dir():
        return
    try:
        folder.mkdir()
    except FileNotFoundError:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    folder.chmod(mode)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the home for this process; the kernel lets go when the process ends, however it ends.

    Raises CannotStart when another process holds it.
    """
    with (home / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise CannotStart(
                f"OmniSales already runs on {home} (process {pid}): use that one, stop it with 'kill {pid}', "
                "or set OMNISALES_HOME to another folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextmanager
def storage_problems_explained(home: Path) -> Iterator[None]:
    """Turn what goes wrong while the home is being filled (a full disk, lost rights) into CannotStart."""
    try:
        yield
    except OSError as problem:
        raise CannotStart(
            f"The file or folder {problem.filename or home} cannot be used ({problem.strerror or problem}): "
            "mend that, or set OMNISALES_HOME to another folder."
        ) from None


def secret(file: Path, make: Callable[[], str]) -> tuple[str, bool]:
    """The secret kept in `file`, and whether it was made by this call. It is on disk, whole, before it is returned."""
    if file.exists():
        return file.read_text().strip(), False
    value = make()
    write_whole(file, value + "\n")
    return value, True


def write_whole(file: Path, text: str) -> None:
    """Write `file` (0600) so that a crash leaves the old content or the new, never half of it."""
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)


def _probe(home: Path) -> None:
    # Asking for permissions is not enough: a read-only disk and root's rights only show when something is written.
    probe = home / f".probe-{os.getpid()}"
    probe.touch()
    probe.unlink()
