"""Backup, restore and the statements in the guide for those who run it do what it says, on a real server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from api.cli.up.postgres import EmbeddedPostgres
from domain.kernel.database import Database

from .markdown import parts, text_of

GUIDE = "running.md"


def blocks(info: str, heading: str) -> list[str]:
    """The blocks of a kind in the section with this heading."""
    lines = text_of(GUIDE).splitlines()
    start = next(number for number, line in enumerate(lines, 1) if line.lstrip("#") == f" {heading}")
    end = next(
        (number for number, line in enumerate(lines, 1) if number > start and line.startswith("## ")), len(lines)
    )
    return [part.text for part in parts(GUIDE) if part.info == info and start < part.line < end]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """An embedded server as `omnisales up` has it, whose home stands where the guide's commands look for it."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    tmp_path.chmod(0o755)
    server = EmbeddedPostgres(tmp_path / ".omnisales", {"fsync": "off", "synchronous_commit": "off"})
    server.start()
    yield server
    server.destroy()


def test_a_backup_can_be_brought_back(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.sql("create table mugs (id int primary key, colour text)", "omnisales")
    server.sql("insert into mugs values (1, 'albă')", "omnisales")
    dump, restore = blocks("sh", "Backup")

    _run(dump, tmp_path)
    server.sql("update mugs set colour = 'roșie'", "omnisales")
    server.sql("insert into mugs values (2, 'neagră')", "omnisales")
    _run(dump.replace("pg_dump", ": pg_dump") + restore, tmp_path)

    assert server.sql("select id, colour from mugs", "omnisales") == "1|albă"


def _run(commands: str, folder: Path) -> None:
    # The interpreter's own packages are found through its real place, not through the link.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", commands], cwd=folder, env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def test_the_questions_to_watch_can_be_asked(database: Database) -> None:
    async with database.begin() as session:
        for question in blocks("sql", "Is it well?"):
            assert (await session.execute(text(question))).all() == []
