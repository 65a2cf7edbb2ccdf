"""`omnisales counts`, run as an operator runs it."""

import json

import pytest
from sqlalchemy import text

from domain.kernel.database import Database
from tests.api.cli.test_audit_and_replay import omnisales
from tests.support.builders import make_channel, make_order


@pytest.mark.spec("ORD-6")
async def test_counts_are_checked_and_set_right(database: Database) -> None:
    async with database.begin() as session:
        await make_order(session, channel=await make_channel(session, slug="shop"))
        await session.execute(text("update status_count_deltas set delta = 5"))
    wrong = omnisales("counts", "--check", "--json", DATABASE_URL=database.url)
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout) == [{"channel": "shop", "status": "DRAFT", "shown": 5, "true": 1}]
    mended = omnisales("counts", "--repair", DATABASE_URL=database.url)
    assert mended.returncode == 0
    assert "shop" in mended.stdout and mended.stdout.endswith("Set right.\n")
    true = omnisales("counts", DATABASE_URL=database.url)
    assert (true.returncode, true.stdout) == (0, "The counts are true.\n")
