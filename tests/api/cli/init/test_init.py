"""`omnisales init` from an empty database on, run again, by two at once, and when it cannot go on."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from api.cli import app
from api.cli.init.first import administrator
from domain.access.hashing import Passwords
from domain.access.keys import find_key
from domain.access.models import ApiKey, User
from domain.audit.models import AuditEntry
from domain.kernel.database import Database
from domain.kernel.secrets import new_secret
from tests.support import databases
from tests.support.valkey import running_valkey

ANA = "ana@example.com"
PASSWORD = "three words of no book"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_valkey() as valkey:
        yield valkey.url


@pytest.fixture
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A database with our tables; for tests with `empty` in their name, one without."""
    name = f"init_house_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    if "empty" in request.node.name:
        await databases.admin(f"drop database if exists {name} with (force)", f"create database {name}")
        yield databases.server_url(name)
    else:
        yield await databases.clone(name)
    await databases.admin(f"drop database {name} with (force)")


@pytest.fixture
def env(url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "OMNISALES_SECRET_KEY": new_secret(),
        "OMNISALES_PUBLIC_URL": "https://oms.example",
        "OMNISALES_HOME": str(tmp_path),
    }


def init(env: dict[str, str], *options: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["init", *options], input=stdin, env=env)


def facts(result: Result) -> Any:
    return json.loads(result.stdout)


async def asked(url: str, *statements: Any) -> list[Any]:
    database = Database(url, pool_size=1)
    try:
        async with database.read() as connection:
            return [await connection.scalar(statement) for statement in statements]
    finally:
        await database.close()


def read(url: str, *statements: Any) -> list[Any]:
    return asyncio.run(asked(url, *statements))


def people(url: str) -> int:
    return int(read(url, select(func.count()).select_from(User))[0])


def test_an_empty_house_is_set_up_once_and_for_all(env: dict[str, str], url: str) -> None:
    options = ["--admin-email", ANA, "--admin-name", "Ana Pop", "--password-stdin", "--api-key", "desk", "--json"]
    done = init(env, *options, stdin=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    first = facts(done)
    assert (first["administrator"], first["made_administrator"], first["password"]) == (ANA, True, None)
    assert PASSWORD not in done.output and env["OMNISALES_SECRET_KEY"] not in done.output
    kept, roles, audited = read(
        url, select(User.password_hash), select(User.roles), select(func.count()).select_from(AuditEntry)
    )
    assert roles == ["*"] and asyncio.run(Passwords().fits(kept, PASSWORD))
    assert audited >= 1

    again = init(env, *options, stdin="another password of theirs\n")
    assert again.exit_code == 0
    second = facts(again)
    assert (second["administrator"], second["made_administrator"], second["key"]) == (ANA, False, None)
    assert (first["advice"], len(second["advice"])) == ([], 2)
    assert read(url, select(User.password_hash)) == [kept]
    assert people(url) == 1

    async def owner() -> Any:
        database = Database(url, pool_size=1)
        async with database.read() as connection:
            found = await find_key(connection, first["key"])
        await database.close()
        return found

    actor = asyncio.run(owner())
    assert actor.label == "desk" and actor.roles == {"administrator"}


def test_a_password_is_made_and_shown_once(env: dict[str, str], url: str) -> None:
    options = ["--admin-email", ANA, "--make-password", "--api-key", "desk", "--api-key-role", "order_operator"]
    told = init(env, *options)
    assert told.exit_code == 0, told.output
    shown = told.stdout.partition("with the password ")[2].split(" ")[0]
    assert asyncio.run(Passwords().fits(read(url, select(User.password_hash))[0], shown))
    assert "omni_" in told.stdout and told.stdout.count("shown this once") == 2
    again = init(env, *options)
    assert again.exit_code == 0 and "shown this once" not in again.stdout
    assert f"{ANA} administers the house already; nothing was changed." in again.stdout
    assert f"omnisales people reset-link {ANA}" in again.stdout
    assert "make one of another --api-key name, and end this one (apiKeyRevoke)" in again.stdout
    assert read(url, select(ApiKey.roles)) == [["order_operator"]]


@pytest.mark.parametrize(
    ("options", "stdin", "code", "words"),
    [
        (["--admin-email", ANA], "", 2, "Say which password ana@example.com gets"),
        (["--admin-email", ANA, "--password-stdin"], "short\n", 2, "12"),
        (["--admin-email", "nobody", "--make-password"], "", 2, ""),
        (["--admin-email", ANA, "--make-password", "--password-stdin"], "", 2, "not both"),
        (["--admin-email", ANA, "--make-password", "--api-key", "x", "--api-key-role", "none"], "", 2, "no such role"),
        ([], "", 1, "Nobody administers the house yet"),
    ],
)
def test_what_cannot_be_done_is_told_and_nobody_is_made(
    env: dict[str, str], url: str, options: list[str], stdin: str, code: int, words: str
) -> None:
    result = init(env, *options, stdin=stdin)
    assert result.exit_code == code, result.output
    assert words in result.output
    assert "Traceback" not in result.output
    if "not both" not in words:
        assert people(url) == 0


def test_a_look_changes_nothing_of_an_empty_database(env: dict[str, str], url: str) -> None:
    result = init(env, "--check")
    assert result.exit_code == 0, result.output
    assert read(url, select(func.to_regclass("orders"))) == [None]


def test_while_something_is_wrong_an_empty_database_stays_so(env: dict[str, str], url: str) -> None:
    result = init({**env, "REDIS_URL": "redis://127.0.0.1:1/0"}, "--admin-email", ANA, "--make-password")
    assert result.exit_code == 1
    assert "wrong  REDIS_URL" in result.stdout and "ok     DATABASE_URL" in result.stdout
    assert "Mend what is wrong, and run it again. Nothing was changed." in result.stdout
    assert read(url, select(func.to_regclass("orders"))) == [None]


def test_a_setting_that_cannot_be_read_is_named(env: dict[str, str]) -> None:
    result = init({**env, "OMNISALES_BODY_SECONDS": "long"})
    assert result.exit_code == 2
    assert "OMNISALES_BODY_SECONDS is 'long'" in result.output


async def test_of_two_at_once_one_makes_the_administrator(database: Database) -> None:
    from api.cli.init.first import Wanted, make_administrator, make_key
    from domain.flows.bootstrap import ensure_defaults

    async with database.begin() as session:
        await ensure_defaults(session)

    async def make(number: int) -> tuple[bool, str | None]:
        async with database.begin() as session:
            wanted = Wanted(f"a{number}@example.com", "Ana", PASSWORD)
            made = await make_administrator(session, Passwords(memory_kib=64), wanted)
            return made, await make_key(session, "desk", ["administrator"])

    done = await asyncio.gather(*map(make, range(4)))
    assert sorted(made for made, _ in done) == [False, False, False, True]
    assert sum(secret is not None for _, secret in done) == 1
    async with database.begin() as session:
        assert await administrator(session) is not None
        assert await session.scalar(select(func.count()).select_from(User)) == 1
