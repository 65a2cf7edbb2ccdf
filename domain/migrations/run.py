"""Runs the migrations, one process at a time, and fills in what every house begins with."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

_LOCK = 7_205_081_126  # any number that no other advisory lock of ours uses


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    result = Config()
    result.set_main_option("script_location", str(Path(__file__).parent))
    result.attributes["connection"] = connection
    return result


def heads() -> list[str]:
    """The newest revisions; more than one is a mistake that CI refuses."""
    return ScriptDirectory.from_config(config()).get_heads()


def _migrate(connection: Connection, revision: str, *, down: bool) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    (command.downgrade if down else command.upgrade)(config(connection), revision)


async def migrate(url: str, revision: str = "head", *, down: bool = False) -> None:
    """Brings the database at `url` to a revision, in one transaction under a lock."""
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, revision, down=down)
    finally:
        await engine.dispose()


def upgrade(url: str) -> None:
    """Brings the database to the newest revision."""
    asyncio.run(migrate(url))
