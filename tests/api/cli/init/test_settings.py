"""What `omnisales init` says of settings by themselves."""

from pathlib import Path
from typing import Any

import pytest

from api.cli.init.finding import State
from api.cli.init.settings import look_at_settings
from domain.kernel.secrets import new_secret
from domain.kernel.settings import Settings
from domain.kernel.smtp import SmtpServer

GOOD: dict[str, Any] = {
    "secret_key": new_secret(),
    "public_url": "https://oms.example",
    "trusted_proxies": ("10.0.0.7/32",),
    "smtp": SmtpServer("smtps", "mail.example", 465),
    "mail_from": "shop@example.com",
}


def states(tmp_path: Path, **changed: Any) -> dict[str, State]:
    found = look_at_settings(Settings(**{"home": tmp_path, **GOOD, **changed}))
    return {one.what: one.state for one in found if one.state is not State.WELL}


def test_a_good_house_has_nothing_to_be_said(tmp_path: Path) -> None:
    assert states(tmp_path) == {}


@pytest.mark.parametrize(
    ("changed", "what", "state"),
    [
        ({"secret_key": None}, "OMNISALES_SECRET_KEY", State.WRONG),
        ({"secret_key": new_secret(20)[:31]}, "OMNISALES_SECRET_KEY", State.WRONG),
        ({"secret_key": "k" * 64}, "OMNISALES_SECRET_KEY", State.WRONG),
        ({"secret_key": "changeme" * 8}, "OMNISALES_SECRET_KEY", State.WRONG),
        ({"public_url": None}, "OMNISALES_PUBLIC_URL", State.THINK),
        ({"public_url": "http://oms.example"}, "OMNISALES_PUBLIC_URL", State.THINK),
        ({"public_url": "https://localhost:8000"}, "OMNISALES_PUBLIC_URL", State.THINK),
        ({"public_url": "oms.example"}, "OMNISALES_PUBLIC_URL", State.WRONG),
        ({"public_url": "ftp://oms.example"}, "OMNISALES_PUBLIC_URL", State.WRONG),
        ({"public_url": "https://[oms.example"}, "OMNISALES_PUBLIC_URL", State.WRONG),
        ({"public_url": "https://oms.example:port"}, "OMNISALES_PUBLIC_URL", State.WRONG),
        ({"trusted_proxies": ()}, "OMNISALES_TRUSTED_PROXIES", State.THINK),
        ({"smtp": None, "mail_from": None}, "OMNISALES_SMTP_URL", State.THINK),
        ({"home": Path(__file__) / "home"}, "OMNISALES_HOME", State.THINK),
    ],
)
def test_what_is_not_good_is_told(tmp_path: Path, changed: dict[str, Any], what: str, state: State) -> None:
    if changed.get("secret_key"):
        assert changed["secret_key"] not in str(look_at_settings(Settings(**changed)))
    found = states(tmp_path, **changed)
    assert found.pop(what) is state
    assert set(found) <= {"OMNISALES_TRUSTED_PROXIES"}


@pytest.mark.parametrize(
    "url", ["https://me:geheim@oms.example", "me:geheim@oms.example", "https://oms.example?k=geheim"]
)
def test_a_public_address_with_a_secret_is_not_repeated(tmp_path: Path, url: str) -> None:
    assert states(tmp_path, public_url=url)["OMNISALES_PUBLIC_URL"] is State.WRONG
    assert "geheim" not in str(look_at_settings(Settings(**{"home": tmp_path, **GOOD, "public_url": url})))
