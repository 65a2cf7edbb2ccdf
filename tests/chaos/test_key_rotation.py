"""A rotation of the secret key is killed half-way."""

import signal

import pytest

from domain.kernel.database import Database
from domain.kernel.secrets import Vault
from domain.vault.status import key_status
from tests.api.cli.test_audit_and_replay import omnisales
from tests.domain.vault.test_rotate import opened, sealed_values

pytestmark = pytest.mark.chaos


@pytest.mark.spec("CHN-3")
async def test_a_rotation_that_was_killed_is_finished_by_the_next(database: Database) -> None:
    async with database.begin() as session:
        values = await sealed_values(session, Vault("old"))
    env = {"DATABASE_URL": database.url, "OMNISALES_SECRET_KEY": "new", "OMNISALES_SECRET_KEY_PREVIOUS": "old"}

    killed = omnisales("keys", "rotate", **env, OMNISALES_CRASH_AT="keys.batch_rotated")
    assert killed.returncode == -signal.SIGKILL
    both = Vault("new", ["old"])
    async with database.begin() as session:
        assert await opened(session, both) == values
    async with database.read() as connection:
        half_way = await key_status(connection, both)
    assert 0 < half_way.left < len(values)
    assert half_way.unreadable == []

    finished = omnisales("keys", "rotate", **env)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(f"{half_way.left} brought under the key {both.current[1:].hex()}.")

    without_the_old = omnisales("keys", "status", DATABASE_URL=database.url, OMNISALES_SECRET_KEY="new")
    assert (without_the_old.returncode, without_the_old.stderr) == (0, "")
    assert without_the_old.stdout.endswith("Everything is under the current key.\n")
    async with database.begin() as session:
        assert await opened(session, Vault("new")) == values
