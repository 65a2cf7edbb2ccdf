"""`omnisales audit import` and `omnisales replay`, run as an operator runs them, on a database of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.kernel.database import Database
from tests.support.builders import make_channel, make_variant
from tests.support.incoming import bring, incoming, line, map_cod

ROOT = Path(__file__).parents[3]


def omnisales(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNISALES_", "DATABASE_"))}
    paths = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]), "COLUMNS": "160", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", *arguments],
        env=clean | paths | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
async def shop(database: Database) -> Database:
    """A shop with one order that is in, delivered twice, and two that wait for a SKU."""
    async with database.begin() as session:
        channel = await make_channel(session, slug="shop")
        await map_cod(session, channel)
        await make_variant(session, "CUP-1")
        order = incoming(line("CUP-1"))
        await bring(session, channel, order)
        await bring(session, channel, order, incoming(line("BOOK-1")), incoming(line("BOOK-1")))
    return database


@pytest.mark.spec("SYN-3")
async def test_the_audit_accounts_for_all_that_arrived(shop: Database) -> None:
    done = omnisales("audit", "import", "--json", DATABASE_URL=shop.url)
    assert (done.returncode, done.stderr) == (0, "")
    audit = json.loads(done.stdout)
    assert audit["balanced"]
    assert audit["leftovers"] == []
    counts = {name: count for name, count in audit["items"].items() if count}
    assert counts == {"received": 4, "imported": 1, "duplicate": 1, "waiting": 2}
    assert {name: count for name, count in audit["orders"].items() if count} == {
        "external": 3,
        "orders": 1,
        "waiting": 2,
    }


async def test_the_audit_is_shown_as_a_sum(shop: Database) -> None:
    done = omnisales("audit", "import", "--channel", "shop", DATABASE_URL=shop.url)
    assert done.returncode == 0
    rows = [" ".join(line.replace("│", " ").split()) for line in done.stdout.splitlines()]
    assert "received 4 distinct there 3" in rows
    assert "= imported 1 = ours 1" in rows
    assert "+ duplicate 1 + waiting 2" in rows
    assert done.stdout.endswith("Nothing is left over.\n")


async def test_the_audit_ends_with_1_and_names_what_is_left_over(shop: Database) -> None:
    async with shop.begin() as session:
        await session.execute(text("delete from inbox_causes"))
    done = omnisales("audit", "import", DATABASE_URL=shop.url)
    assert done.returncode == 1
    assert "2 left over: waits without a cause that could be mended" in done.stdout
    assert done.stdout.endswith("The sums do not hold.\n")


async def test_a_period_and_a_channel_bound_the_audit(shop: Database) -> None:
    done = omnisales(
        "audit", "import", "--from", "2020-01-01", "--to", "2020-02-01T00:00Z", "--json", DATABASE_URL=shop.url
    )
    audit = json.loads(done.stdout)
    assert (audit["from"], audit["to"]) == ("2020-01-01T00:00:00+00:00", "2020-02-01T00:00:00+00:00")
    assert (done.returncode, audit["items"]["received"]) == (0, 0)
    unknown = omnisales("audit", "import", "--channel", "shop-2", DATABASE_URL=shop.url)
    assert (unknown.returncode, unknown.stderr) == (2, "There is no channel shop-2: name it by its slug.\n")


@pytest.mark.spec("SYN-3")
async def test_replay_puts_what_waits_for_a_cause_back_to_work_once(shop: Database) -> None:
    done = omnisales("replay", "--cause", "sku:BOOK-1", DATABASE_URL=shop.url)
    assert (done.returncode, done.stdout) == (0, "2 put back to work.\n")
    async with shop.read() as connection:
        states = dict((await connection.execute(text("select state, count(*) from inbox group by state"))).all())  # type: ignore[arg-type]
    assert states == {"imported": 1, "duplicate": 1, "received": 2}
    again = omnisales("replay", "--all", DATABASE_URL=shop.url)
    assert (again.returncode, again.stdout) == (0, "Nothing waits for that.\n")


async def test_replay_takes_entries_of_the_diary(shop: Database) -> None:
    async with shop.read() as connection:
        entry = await connection.scalar(text("select id from diary where state = 'WAITING' limit 1"))
    done = omnisales("replay", str(entry), DATABASE_URL=shop.url)
    assert (done.returncode, done.stdout) == (0, "1 put back to work.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["replay"], "Give the ids of diary entries, or a cause, or all: exactly one of them."),
        (["replay", "7"], "'7' is no id of a diary entry: take the ids from the diary's list."),
        (
            ["audit", "import", "--from", "yesterday"],
            "--from is 'yesterday': give a date or time such as 2026-01-31 or 2026-01-31T08:00Z.",
        ),
    ],
)
async def test_what_cannot_be_used_is_refused_in_a_sentence(
    database: Database, arguments: list[str], sentence: str
) -> None:
    done = omnisales(*arguments, DATABASE_URL=database.url)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence + "\n")


def test_without_a_database_it_is_said_where_one_could_be(tmp_path: Path) -> None:
    done = omnisales("audit", "import", OMNISALES_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"There is no database: {tmp_path} holds no installation and DATABASE_URL is not set. Start one with "
        "`omnisales up`, or name another with OMNISALES_HOME or DATABASE_URL.\n"
    )


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    (tmp_path / "postgres.key").write_text("secret\n")
    (tmp_path / "ports.json").write_text('{"postgres": 9}')
    done = omnisales("replay", "--all", OMNISALES_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"The database of {tmp_path} does not answer (")
    assert done.stderr.endswith("): start it with `omnisales up`.\n")
