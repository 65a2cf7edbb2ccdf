"""Rules about the tree itself, run by `make lint`: one Alembic head, no host names in the lock, no names of this
machine; a whole lock of permissive licences."""

import re
import subprocess
import sys
from pathlib import Path

from domain.migrations.run import heads
from tests.support import dependencies

ROOT = Path(__file__).parent.parent.parent
FORBIDDEN = re.compile(r"pypi\." + r"org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + r"ian|/wo" + r"rk/")


def main() -> int:
    problems = [*one_head(), *no_hosts(), *dependencies.problems(ROOT)]
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


if __name__ == "__main__":
    sys.exit(main())
