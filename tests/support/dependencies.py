"""What we install is what was looked at: the lock is whole, pinned and hashed, and its licences are permissive.

Needs no network: everything is read off the lock and off what is installed.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = {"omnisales", "omnisales-sdk"}
PERMISSIVE = frozenset(
    {
        *("MIT", "MIT License", "MIT-0", "ISC", "ISC License (ISCL)", "Zlib", "0BSD", "CC0-1.0", "PSF-2.0"),
        *("BSD", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "Python Software Foundation License"),
        *("Apache-2.0", "Apache Software License", "The Unlicense (Unlicense)", "Unlicense"),
        # Asks for the source of changed files of its own, and for nothing of ours.
        *("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"),
    }
)
"""Names of licences, as SPDX and the packages' classifiers spell them."""
WITH_CARE = {
    "dramatiq": "LGPL-3.0 or later: a library of its own, installed beside us, unchanged and replaceable",
}
"""Packages that may be used though their licence is not in the list, with the reason."""

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;\s*(.+?))?\s*\\?$")


class Lock:
    """requirements.lock, read. `problems` are lines that pin nothing."""

    def __init__(self, text: str) -> None:
        self.pins: dict[str, str] = {}
        self.markers: dict[str, Marker] = {}
        self.hashes: dict[str, int] = {}
        self.problems: list[str] = []
        name = ""
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if found := _PIN.fullmatch(line):
                name = canonicalize_name(found[1])
                self.pins[name], self.hashes[name] = found[2], 0
                if found[3]:
                    self.markers[name] = Marker(found[3])
            elif name and re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*\\?", line):
                self.hashes[name] += 1
            else:
                self.problems.append(f"requirements.lock: {line.strip()!r} pins no package by version and hash")

    def wanted_here(self, name: str) -> bool:
        return name not in self.markers or self.markers[name].evaluate()


def lock_problems(lock: Lock, projects: Iterable[str]) -> Iterator[str]:
    """`projects` are texts of pyproject.toml files: whatever they need is in the lock, at a version that they allow."""
    yield from lock.problems
    yield from (f"{name}: the lock has no hash of it" for name, number in lock.hashes.items() if not number)
    for text in projects:
        read = tomllib.loads(text)
        project = read["project"]
        extras = project.get("optional-dependencies", {}).values()
        needed = [*project.get("dependencies", ()), *(one for extra in extras for one in extra)]
        for line in [*needed, *read["build-system"]["requires"]]:
            yield from _missing(lock, Requirement(line), project["name"])


def installed_problems(lock: Lock, installed: Iterable[Distribution]) -> Iterator[str]:
    """What is installed is what is locked, and what it needs is locked too."""
    known = {canonicalize_name(one.metadata["Name"]): one for one in installed}
    for name, version in lock.pins.items():
        if not lock.wanted_here(name):
            continue
        if name not in known:
            yield f"{name}: it is locked and not installed"
        elif known[name].version != version:
            yield f"{name}: {known[name].version} is installed, {version} is locked"
        else:
            for line in known[name].requires or ():
                if "extra ==" not in line:
                    yield from _missing(lock, Requirement(line), name)


def licence_problems(lock: Lock, licences: Mapping[str, str]) -> Iterator[str]:
    """`licences` by package, as `told_licences` gives them."""
    for name in sorted(lock.pins.keys() & licences.keys() - WITH_CARE.keys()):
        if not is_permissive(licences[name]):
            yield f"{name}: its licence is {licences[name]}, which is not on the list; look before keeping it"


def is_permissive(expression: str) -> bool:
    """Of licences joined by OR one must be on the list, of others all."""
    choices = _choices(expression)
    return any(all(part.strip() in PERMISSIVE for part in re.split(r" AND |;", one)) for one in choices)


def _choices(expression: str) -> list[str]:
    """`A AND (B OR C)` is `A AND B`, or `A AND C`."""
    inner = re.search(r"\(([^()]* OR [^()]*)\)", expression)
    if inner is None:
        return expression.split(" OR ")
    return [
        whole
        for choice in inner[1].split(" OR ")
        for whole in _choices(expression[: inner.start()] + choice + expression[inner.end() :])
    ]


def told_licences(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the installed packages say of themselves, as pip-licenses reads it."""
    program = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    told = subprocess.run(program, capture_output=True, check=True, text=True, env=environment).stdout
    return {canonicalize_name(one["Name"]): one["License"] for one in json.loads(told)}


def _missing(lock: Lock, needed: Requirement, who: str) -> Iterator[str]:
    name = canonicalize_name(needed.name)
    if name in OURS or (needed.marker is not None and not needed.marker.evaluate({"extra": ""})):
        return
    if name not in lock.pins:
        yield f"{name}: {who} needs it, and the lock has it not; run `make lock`"
    elif not needed.specifier.contains(lock.pins[name], prereleases=True):
        yield f"{name}: {who} needs {needed.specifier}, and the lock has {lock.pins[name]}; run `make lock`"


def problems(root: Path) -> list[str]:
    """Everything that is wrong with the dependencies of this tree."""
    lock = Lock((root / "requirements.lock").read_text())
    projects = [(root / path).read_text() for path in ("pyproject.toml", "plugins/pyproject.toml")]
    found = [*lock_problems(lock, projects), *installed_problems(lock, distributions())]
    found += licence_problems(lock, told_licences())
    if "--require-hashes -r requirements.lock" not in (root / "Makefile").read_text():
        found.append("Makefile: it does not install with --require-hashes")
    return found
