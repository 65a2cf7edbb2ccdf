"""`omnisales stock`, run as an operator runs it."""

import json

import pytest
from sqlalchemy import text

from domain.kernel.database import Database
from tests.api.cli.test_audit_and_replay import omnisales
from tests.support.builders import make_variant


@pytest.mark.spec("STK-1")
async def test_levels_are_checked_and_set_right(database: Database) -> None:
    async with database.begin() as session:
        await make_variant(session, "MUG", stock=3)
        await make_variant(session, "CUP", stock=4)
        await session.execute(text("update stock_levels set on_hand = 7 where on_hand = 3"))
    wrong = omnisales("stock", "--check", "--json", DATABASE_URL=database.url)
    assert wrong.returncode == 1
    [told] = json.loads(wrong.stdout)
    assert (told["warehouse"], told["sku"], told["on_hand"], told["moves"]) == ("main", "MUG", "7.000", "3.000")
    mended = omnisales("stock", "--repair", DATABASE_URL=database.url)
    assert mended.returncode == 0, mended.stdout
    assert "MUG" in mended.stdout and mended.stdout.endswith("Set right.\n")
    true = omnisales("stock", DATABASE_URL=database.url)
    assert (true.returncode, true.stdout) == (0, "Every level is the sum of its moves and reservations.\n")
