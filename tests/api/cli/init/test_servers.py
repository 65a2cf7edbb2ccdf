"""What `omnisales init` finds at the servers: each state of a database, Redis, a mail server."""

import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from api.cli.init.finding import Finding, State
from api.cli.init.servers import clock, form, look_at_database, look_at_redis, look_at_servers, mail_server
from domain.kernel.database import Database
from domain.kernel.secrets import Vault
from domain.kernel.settings import Settings
from domain.kernel.smtp import SmtpServer
from domain.migrations.run import heads, migrate
from tests.support import databases
from tests.support.builders import make_channel
from tests.support.valkey import Valkey, running_valkey

SECRET = "a-password-that-nobody-may-see"


@pytest.fixture
async def empty() -> AsyncIterator[str]:
    """A database without anything in it."""
    name = f"init_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
    yield databases.server_url(name)
    await databases.admin(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running_valkey() as valkey:
        yield valkey


async def looked_at(url: str | None) -> dict[str, Finding]:
    return {one.what: one for one in await look_at_database(Settings(database_url=url))}


async def execute(url: str, statement: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def test_an_empty_database_is_well_and_nothing_is_done_to_it(empty: str) -> None:
    for _ in range(2):
        found = await looked_at(empty)
        assert {one.state for one in found.values()} == {State.WELL}
        assert found["database"].words == f"Empty; it is brought to {heads()[0]}."


async def test_the_form_of_a_database_is_told(empty: str) -> None:
    await migrate(empty, "0001")
    assert "has the form 0001 and is brought to" in (await looked_at(empty))["database"].words
    await migrate(empty)
    assert (await looked_at(empty))["database"].words == f"It has the newest form, {heads()[0]}."
    await execute(empty, "update alembic_version set version_num = '9999'")
    newer = (await looked_at(empty))["database"]
    assert newer.state is State.WRONG and "newer version" in newer.words
    await execute(empty, "drop table alembic_version")
    foreign = (await looked_at(empty))["database"]
    assert foreign.state is State.WRONG and "not ours" in foreign.words


async def test_what_is_stored_encrypted_opens_or_not(database: Database) -> None:
    key, other = "a secret key of some length 0123", "another secret key of such length"

    async def looked(**keys: Any) -> Finding:
        found = await look_at_database(Settings(database_url=database.url, **keys))
        return next(one for one in found if one.what == "stored secrets")

    assert (await looked(secret_key=key)).words == "All 0 open with OMNISALES_SECRET_KEY."
    async with database.begin() as session:
        channel = await make_channel(session)
        channel.credentials = Vault(key).seal({"api_key": SECRET}, f"channel:{channel.id}")
    assert (await looked(secret_key=key)).state is State.WELL
    assert (await looked(secret_key=other)).state is State.WRONG
    assert (await looked(secret_key=other, secret_key_previous=(key,))).state is State.THINK


@pytest.mark.parametrize(
    "url",
    [
        None,
        "nonsense",
        "mysql://host/database",
        f"postgresql+asyncpg://user:{SECRET}@127.0.0.1:1/none",
        f"postgresql+asyncpg://user:{SECRET}@host.invalid/none",
    ],
)
async def test_a_database_that_is_not_there_is_told_without_its_password(url: str | None) -> None:
    found = await looked_at(url)
    assert [(one.what, one.state) for one in found.values()] == [("DATABASE_URL", State.WRONG)]
    assert SECRET not in str(found)


async def test_a_database_that_does_not_let_us_in(empty: str) -> None:
    wrong = (await looked_at(f"{empty}_other"))["DATABASE_URL"]
    assert wrong.state is State.WRONG


def test_clocks_that_differ_are_told() -> None:
    now = datetime.now(UTC)
    assert [clock(now + timedelta(seconds=skew)).state for skew in (0, -1, 10, -300)] == [
        State.WELL,
        State.WELL,
        State.THINK,
        State.WRONG,
    ]


def test_a_form_is_compared_with_ours() -> None:
    assert form("0003", "0003", foreign=False).state is State.WELL
    assert form("0004", "0003", foreign=False).state is State.WRONG


def test_redis_answers_or_not(valkey: Valkey) -> None:
    assert look_at_redis(Settings(redis_url=valkey.url)).state is State.WELL
    with closing(valkey.client()) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert look_at_redis(Settings(redis_url=valkey.url)).state is State.THINK
        client.config_set("maxmemory-policy", "noeviction")
    for url in (None, "nonsense", f"redis://:{SECRET}@127.0.0.1:1/0"):
        found = look_at_redis(Settings(redis_url=url))
        assert found.state is State.WRONG and SECRET not in found.words


def test_a_mail_server_is_greeted_and_nothing_is_sent() -> None:
    controller = Controller(Sink(), hostname="127.0.0.1", port=0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        controller.port = free.getsockname()[1]
    controller.start()
    try:
        here = SmtpServer("smtp", "127.0.0.1", controller.port)
        assert mail_server(here).state is State.WELL
        assert mail_server(SmtpServer("smtp+starttls", here.host, here.port)).state is State.WRONG
        refused = mail_server(SmtpServer("smtp", here.host, here.port, "shop", SECRET))
        assert refused.state is State.WRONG and SECRET not in refused.words
    finally:
        controller.stop()
    assert mail_server(here).state is State.WRONG


async def test_everything_that_is_wrong_is_told_at_once() -> None:
    away: dict[str, Any] = {
        "database_url": "postgresql+asyncpg://127.0.0.1:1/none",
        "redis_url": "redis://127.0.0.1:1/0",
    }
    found = await look_at_servers(Settings(**away, smtp=SmtpServer("smtp", "127.0.0.1", 1)))
    assert [(one.what, one.state) for one in found] == [
        (what, State.WRONG) for what in ("DATABASE_URL", "REDIS_URL", "OMNISALES_SMTP_URL")
    ]
