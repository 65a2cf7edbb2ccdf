"""The check of the dependencies: it passes as things are, and fails on each thing that it is there for."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support import dependencies
from tests.support.dependencies import Lock, installed_problems, licence_problems, lock_problems, told_licences
from tests.support.repository import ROOT

HASH = "    --hash=sha256:" + "0" * 64
LOCK = f"one==1.5 \\\n{HASH} \\\n{HASH}\nTwo_Parts==2.0 ; python_version >= '3' \\\n{HASH}\n"
PROJECT = """
[build-system]
requires = ["two-parts>=2"]
[project]
name = "project"
dependencies = ["one>=1,<2", "omnisales-sdk"]
[project.optional-dependencies]
dev = ["two-parts"]
"""


class Installed:
    """A distribution."""

    def __init__(self, name: str, version: str, *requires: str) -> None:
        self.metadata = {"Name": name}
        self.version = version
        self.requires = requires


def test_as_things_are_nothing_is_wrong() -> None:
    assert dependencies.problems(ROOT) == []


def test_a_whole_lock_has_no_problems() -> None:
    assert list(lock_problems(Lock(LOCK), [PROJECT])) == []


@pytest.mark.parametrize(
    ("lock", "project", "problem"),
    [
        (LOCK.replace("one==", "uno=="), PROJECT, "one: project needs it, and the lock has it not; run `make lock`"),
        (LOCK, PROJECT.replace("<2", "<1.5"), "one: project needs <1.5,>=1, and the lock has 1.5; run `make lock`"),
        (LOCK, PROJECT.replace('["two-parts"]', '["three"]'), "three: project needs it, and the lock has it not; "),
        (LOCK, PROJECT.replace('["two-parts>=2"]', '["three"]'), "three: project needs it, and the lock has it not; "),
        (f"{LOCK}three==1\n", PROJECT, "three: the lock has no hash of it"),
        (f"{LOCK}three>=1 \\\n{HASH}\n", PROJECT, "requirements.lock: 'three>=1 \\\\' pins no package by"),
        (f"-e .\n{LOCK}", PROJECT, "requirements.lock: '-e .' pins no package"),
        (f"--extra-index-url x\n{LOCK}", PROJECT, "requirements.lock: '--extra-index-url x' pins no package"),
        (f"three @ git+x\n{LOCK}", PROJECT, "requirements.lock: 'three @ git+x' pins no package"),
        (LOCK.replace("sha256:" + "0" * 64, "md5:0"), PROJECT, "pins no package by version and hash"),
    ],
)
def test_what_is_wrong_with_a_lock_is_told(lock: str, project: str, problem: str) -> None:
    assert problem in "\n".join(lock_problems(Lock(lock), [project]))


@pytest.mark.parametrize(
    ("installed", "problem"),
    [
        (("one", "1.4"), "one: 1.4 is installed, 1.5 is locked"),
        (("uno", "1.5"), "one: it is locked and not installed"),
        (("one", "1.5", "hidden>=1"), "hidden: one needs it, and the lock has it not; run `make lock`"),
    ],
)
def test_what_is_installed_and_not_locked_is_told(installed: tuple[str, ...], problem: str) -> None:
    there: list[Any] = [
        Installed(*installed),
        Installed("Two.Parts", "2.0", "none; extra == 'x'", "no; os_name == 'x'"),
    ]
    assert list(installed_problems(Lock(LOCK), there)) == [problem]


@pytest.mark.parametrize(
    ("licence", "kept"),
    [
        ("MIT", True),
        ("MIT OR GPL-2.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("Apache Software License; BSD License", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("LGPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("MIT AND GPL-3.0-only", False),
        ("Apache-2.0 AND (GPL-2.0-only OR SSPL-1.0)", False),
        ("Apache Software License; GNU Affero General Public License v3", False),
        ("UNKNOWN", False),
        ("Other/Proprietary License", False),
        ("", False),
    ],
)
def test_only_permissive_licences_are_kept(licence: str, kept: bool) -> None:
    assert (list(licence_problems(Lock(LOCK), {"one": licence})) == []) == kept


def test_what_is_used_with_care_is_named_with_the_reason() -> None:
    told = told_licences()
    for name, reason in dependencies.WITH_CARE.items():
        assert len(reason) > 20
        assert not dependencies.is_permissive(told[name]), f"{name} needs no exception any more"


def test_a_package_under_the_gpl_is_found_where_it_is_installed(tmp_path: Path) -> None:
    """A real package, read by the real tool."""
    folder = tmp_path / "one-1.5.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: one\nVersion: 1.5\nLicense-Expression: GPL-3.0-only\n"
    )
    told = told_licences({**os.environ, "PYTHONPATH": str(tmp_path)})
    [problem] = licence_problems(Lock(LOCK), told)
    assert problem == "one: its licence is GPL-3.0-only, which is not on the list; look before keeping it"
