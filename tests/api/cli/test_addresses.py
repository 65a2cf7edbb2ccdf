"""Commands whose servers cannot be reached or used: what they say holds no password."""

import traceback
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

pytestmark = pytest.mark.spec("SEC-4")

CANARY = "c4nary-of-the-servers"
NO_ADDRESS = {
    "DATABASE_URL": f"postgresql://omni:{CANARY}/x@127.0.0.1:9/none",
    "REDIS_URL": f"redis://:x/{CANARY}@127.0.0.1:9/0",
}
NOBODY_THERE = {
    "DATABASE_URL": f"postgresql://omni:{CANARY}@127.0.0.1:9/none",
    "REDIS_URL": f"redis://:{CANARY}@127.0.0.1:9/0",
    "OMNISALES_SMTP_URL": f"smtp://mailer:{CANARY}@127.0.0.1:9",
    "OMNISALES_MAIL_FROM": "shop@shop.example",
}
BAD_MAIL_SERVER = {"OMNISALES_SMTP_URL": f"smtp://mailer:{CANARY}@mail.example:port"}
COMMANDS = ("up", "init", "serve", "migrate", "purge", "stock", "keys status", "dead-letters")


def run(command: str, home: Path, env: dict[str, str]) -> tuple[int, str]:
    """The exit code, and all that the command says, its traceback too."""
    keys = {"OMNISALES_SECRET_KEY": f"{CANARY}-key", "OMNISALES_HOME": str(home)}
    result = CliRunner().invoke(app, command.split(), env=keys | env)
    fault = "" if result.exc_info is None else "".join(traceback.format_exception(*result.exc_info))
    return result.exit_code, result.output + fault


@pytest.mark.parametrize("command", COMMANDS)
def test_an_address_that_is_none_is_named_and_not_repeated(command: str, tmp_path: Path) -> None:
    code, said = run(command, tmp_path, NO_ADDRESS)
    assert code in (1, 2)
    assert CANARY not in said
    assert "DATABASE_URL" in said and "postgresql://user:password@host/database" in said


@pytest.mark.parametrize("command", [one for one in COMMANDS if one not in ("up", "serve")])
def test_a_server_that_is_away_costs_no_password(command: str, tmp_path: Path) -> None:
    code, said = run(command, tmp_path, NOBODY_THERE)
    assert code != 0
    assert CANARY not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mail_server_that_is_none_is_named_and_not_repeated(command: str, tmp_path: Path) -> None:
    code, said = run(command, tmp_path, NOBODY_THERE | BAD_MAIL_SERVER)
    assert code == 2
    assert CANARY not in said
    assert "OMNISALES_SMTP_URL" in said
