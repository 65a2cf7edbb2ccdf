"""One PostgreSQL server for a whole test run, and databases cloned from a migrated template.

The first process of a run starts the server (unless OMNISALES_TEST_POSTGRES names one) and hands its address on to
the workers of pytest-xdist through the environment.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from domain.flows.bootstrap import ensure_defaults
from domain.kernel.database import Database
from domain.migrations.run import migrate

ROOT = Path(__file__).parent.parent.parent
VARIABLE = "OMNISALES_TEST_POSTGRES"


def start_server() -> object | None:
    """Starts the server of this run; None if one is named already."""
    if os.environ.get(VARIABLE):
        return None
    from api.cli.up.postgres import EmbeddedPostgres

    home = Path(tempfile.mkdtemp(prefix="omnisales-tests-"))
    home.chmod(0o755)
    server = EmbeddedPostgres(
        home,
        {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "400"},
    )
    os.environ[VARIABLE] = server.start()
    return server


def stop_server(server: object) -> None:
    os.environ.pop(VARIABLE, None)
    server.destroy()  # type: ignore[attr-defined]


def server_url(database: str) -> str:
    return os.environ[VARIABLE].rsplit("/", 1)[0] + "/" + database


async def admin(*statements: str) -> None:
    """Runs statements on the server, each on its own."""
    engine = create_async_engine(server_url("postgres"), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


def template_name() -> str:
    """The template's name carries a hash of the migrations: a change makes a new one."""
    digest = hashlib.sha256()
    for file in [*sorted((ROOT / "domain/migrations").rglob("*.py")), ROOT / "domain/flows/bootstrap.py"]:
        digest.update(file.read_bytes())
    return f"template_{digest.hexdigest()[:12]}"


async def ensure_template() -> str:
    """The migrated database from which tests clone theirs; made once, whoever comes first."""
    name = template_name()
    engine = create_async_engine(server_url("postgres"), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select pg_advisory_lock(77001)"))
            found = await connection.execute(text("select 1 from pg_database where datname = :name"), {"name": name})
            if found.first() is None:
                draft = f"draft_{name}"
                await connection.execute(text(f"drop database if exists {draft} with (force)"))
                await connection.execute(text(f"create database {draft}"))
                await migrate(server_url(draft))
                await _fill(server_url(draft))
                await connection.execute(text(f"alter database {draft} rename to {name}"))
            await connection.execute(text("select pg_advisory_unlock(77001)"))
    finally:
        await engine.dispose()
    return name


async def _fill(url: str) -> None:
    database = Database(url)
    async with database.begin() as session:
        await ensure_defaults(session)
    await database.close()


async def clone(name: str) -> str:
    """A fresh database from the template; returns its URL."""
    template = await ensure_template()
    for attempt in range(20):
        try:
            await admin(f"drop database if exists {name} with (force)", f"create database {name} template {template}")
            return server_url(name)
        except DBAPIError:  # another worker is cloning the template at this moment
            if attempt == 19:
                raise
            await asyncio.sleep(0.1)
    raise AssertionError("unreachable")


def remove_tree(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
