"""Migrations: from zero and back, and the tables that they make are the tables of the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.migrations.run import heads, migrate
from domain.models import Base
from tests.support import databases


def test_there_is_one_head() -> None:
    assert len(heads()) == 1


async def test_the_migrations_make_the_tables_of_the_models(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_to_zero_and_up_again_leaves_nothing_behind_and_works() -> None:
    name = "migrations_both_ways"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    url = databases.server_url(name)
    await migrate(url)
    await migrate(url, "base", down=True)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())
        sequences = await connection.run_sync(lambda c: inspect(c).get_sequence_names())
    assert left == ["alembic_version"]
    assert sequences == []
    await engine.dispose()
    await migrate(url)
    await databases.admin(f"drop database {name} with (force)")
