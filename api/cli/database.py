"""The database that a command works on: that of DATABASE_URL, else the embedded one of the home while it runs."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api.cli.refusal import CannotStart
from domain.kernel.settings import Settings

if TYPE_CHECKING:
    from domain.kernel.database import Database

T = TypeVar("T")


def on_database(settings: Settings, act: "Callable[[Database], Awaitable[T]]") -> T:
    """Does something with the database. Raises CannotStart when there is none, or it does not answer."""
    url = settings.need("database_url") if settings.database_url else _embedded(settings.home)

    async def run() -> T:
        from domain.kernel.database import Database

        database = Database(url, pool_size=1)
        try:
            await _refuse_if_away(database, settings)
            return await act(database)
        finally:
            await database.close()

    return asyncio.run(run())


def _embedded(home: Path) -> str:
    from api.cli.up.cluster import USER
    from api.cli.up.ports import LOOPBACK
    from api.cli.up.postgres import DATABASE

    try:
        password = (home / "postgres.key").read_text().strip()
        port = json.loads((home / "ports.json").read_text())["postgres"]
    except (FileNotFoundError, NotADirectoryError, KeyError):
        raise CannotStart(
            f"There is no database: {home.absolute()} holds no installation and DATABASE_URL is not set. Start one "
            "with `omnisales up`, or name another with OMNISALES_HOME or DATABASE_URL."
        ) from None
    return f"postgresql+asyncpg://{USER}:{password}@{LOOPBACK}:{port}/{DATABASE}"


async def _refuse_if_away(database: "Database", settings: Settings) -> None:
    try:
        async with database.read():
            pass
    except OSError as problem:
        what = "that DATABASE_URL names" if settings.database_url else f"of {settings.home.absolute()}"
        remedy = "check the address and the server" if settings.database_url else "start it with `omnisales up`"
        raise CannotStart(f"The database {what} does not answer ({problem}): {remedy}.") from None
