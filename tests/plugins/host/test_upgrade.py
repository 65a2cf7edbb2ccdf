"""Settings that were stored under another version of their connector (spec CHN-3)."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from omnisales_sdk import Kind, Manifest
from plugins.host import InvalidAccount, check_account, fit

pytestmark = pytest.mark.spec("CHN-3")


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    shop_url: str
    region: str = "RO"


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: SecretStr


def upgrade(version: int, settings: dict[str, Any]) -> dict[str, Any]:
    if version < 2:
        settings["shop_url"] = settings.pop("url")
    settings.pop("colour", None)
    return settings


def card(**changes: Any) -> Manifest:
    return Manifest(
        key="acme",
        title="Acme",
        kinds=frozenset({Kind.SALES_CHANNEL}),
        settings=Settings,
        credentials=Credentials,
        settings_version=3,
        upgrade_settings=changes.pop("upgrade_settings", upgrade),
        **changes,
    )


def test_older_settings_are_brought_up() -> None:
    stored = {"url": "https://shop.example", "colour": "blue"}

    fitted = fit(card(), stored, {"token": "t"}, 1)

    assert fitted.settings == {"shop_url": "https://shop.example"}
    assert stored == {"url": "https://shop.example", "colour": "blue"}
    check_account(card(), fitted.settings, fitted.credentials)


def test_current_settings_are_left_as_they_are() -> None:
    assert fit(card(), {"colour": "blue"}, {}, 3).settings == {"colour": "blue"}


def test_without_an_upgrade_what_is_stored_is_tried() -> None:
    stored = {"shop_url": "https://shop.example"}

    assert fit(card(upgrade_settings=None), stored, {}, 1).settings == stored


def test_newer_settings_are_passed_over() -> None:
    fitted = fit(card(), {"shop_url": "x", "tax_mode": "net"}, {"token": "t", "second": "s3cret"}, 4)

    assert fitted.settings == {"shop_url": "x"}
    assert fitted.credentials == {"token": "t"}
    assert fitted.passed_over == ("settings.tax_mode", "credentials.second")
    assert "s3cret" not in repr(fitted)


def fails(version: int, settings: dict[str, Any]) -> dict[str, Any]:
    raise KeyError("s3cret")


@pytest.mark.parametrize("broken", [fails, lambda version, settings: None])
def test_what_cannot_be_brought_up_is_said(broken: Any) -> None:
    with pytest.raises(InvalidAccount, match="version 1 and could not be brought to version 3") as caught:
        fit(card(upgrade_settings=broken), {}, {}, 1)

    assert [one.code for one in caught.value.problems] == ["NOT_UPGRADED"]
    assert "s3cret" not in str(caught.value)
