"""`omnisales purge` dies half-way; the next goes on."""

import json
import signal

import pytest
from sqlalchemy import func, select, update

from domain.intake.models import InboxItem
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from tests.api.cli.test_audit_and_replay import omnisales
from tests.domain.flows.retention.test_purge import YEAR, shop_with_items

pytestmark = pytest.mark.chaos


@pytest.mark.spec("SEC-4")
async def test_a_purge_that_was_killed_is_finished_by_the_next(database: Database) -> None:
    async with database.begin() as session:
        await shop_with_items(session)
        await session.execute(update(InboxItem).values(received_at=utc_now() - YEAR))
    would = omnisales("purge", "--dry-run", "--json", DATABASE_URL=database.url)
    assert (would.returncode, json.loads(would.stdout)["raw"]) == (0, 3)
    killed = omnisales("purge", DATABASE_URL=database.url, OMNISALES_CRASH_AT="purge.batch")
    assert killed.returncode == -signal.SIGKILL
    finished = omnisales("purge", DATABASE_URL=database.url)
    assert finished.returncode == 0 and finished.stdout.endswith("That is gone.\n")
    assert "That would go." in omnisales("purge", "--dry-run", DATABASE_URL=database.url).stdout
    async with database.begin() as session:
        left = select(func.count()).select_from(InboxItem).where(InboxItem.purged_at.is_(None))
        assert await session.scalar(left) == 2, "what waits, and what was refused and nobody resolved"
