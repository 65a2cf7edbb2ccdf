"""`omnisales keys`, run as an operator runs it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from domain.kernel.database import Database
from domain.kernel.secrets import Vault, key_name
from tests.api.cli.test_audit_and_replay import omnisales
from tests.support.builders import make_channel


@pytest.mark.spec("CHN-3")
async def test_what_is_under_an_unknown_key_is_named_and_ends_with_1(database: Database) -> None:
    async with database.begin() as session:
        for slug, key in (("shop-a", "lost"), ("shop-b", "old")):
            channel = await make_channel(session, slug=slug)
            channel.credentials = Vault(key).seal({"secret": "cs_canary"}, f"channel:{channel.id}")
    env = {"DATABASE_URL": database.url, "OMNISALES_SECRET_KEY": "new", "OMNISALES_SECRET_KEY_PREVIOUS": "old"}
    done = omnisales("keys", "rotate", **env)
    assert done.returncode == 1
    assert done.stdout.startswith("1 brought under the key")
    [line] = done.stderr.splitlines()
    assert line.startswith("channel shop-a: The secret of channel:")
    assert str(key_name(Vault("lost").seal(1, ""))) in line
    assert "canary" not in done.stdout + done.stderr


def test_keys_of_the_home_are_found_and_no_key_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNISALES_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    for name in ("OMNISALES_SECRET_KEY", "OMNISALES_SECRET_KEY_PREVIOUS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "secret.key").write_text("of another database\n")
    refused = CliRunner().invoke(app, ["keys", "status"])
    assert refused.exit_code == 2 and "OMNISALES_SECRET_KEY is not set" in refused.output
    monkeypatch.delenv("DATABASE_URL")
    away = CliRunner().invoke(app, ["keys", "status"])
    assert away.exit_code == 2 and "There is no database" in away.output


def test_a_fresh_key_is_printed() -> None:
    made = [CliRunner().invoke(app, ["keys", "new"]).output.strip() for _ in range(2)]
    assert made[0] != made[1] and min(map(len, made)) >= 43
