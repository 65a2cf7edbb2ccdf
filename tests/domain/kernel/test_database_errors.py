"""What a database's error tells: the statement, never its parameters."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.kernel.database import Database

pytestmark = pytest.mark.spec("SEC-4")

ROOT = Path(__file__).parents[3]
CANARY = "c4nary-of-the-parameters"


async def test_an_error_tells_no_parameters(database: Database) -> None:
    for begin in (database.begin, database.read):
        with pytest.raises(DBAPIError) as caught:
            async with begin() as connection:
                await connection.execute(text("select 1 / 0, cast(:secret as text)"), {"secret": CANARY})
        assert CANARY not in str(caught.value)
        assert "select 1 / 0" in str(caught.value)


def test_every_engine_of_ours_hides_its_parameters() -> None:
    made = 0
    for folder in ("api", "connectors", "domain", "jobs", "plugins"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                    ("create_async_engine", "create_engine")
                ):
                    made += 1
                    assert "hide_parameters=True" in ast.unparse(node), f"{file}:{node.lineno}"
    assert made >= 5
