"""The form of every connector can be drawn from its schemas alone, and the host takes what is entered (spec CHN-3)."""

from functools import cache

import pytest

from plugins.host import Host, Loaded, check_account, load_connectors
from tests.plugins.sdk.test_builtin_connectors import DECLARED
from tests.support.forms import draw, filled

pytestmark = pytest.mark.spec("CHN-3")


@cache
def host() -> Host:
    return load_connectors(only=tuple(DECLARED))


@pytest.fixture(params=DECLARED)
def connector(request: pytest.FixtureRequest) -> Loaded:
    return host().get(request.param)


def test_every_input_has_its_words(connector: Loaded) -> None:
    for schema in (connector.settings_schema, connector.credentials_schema):
        for one in draw(schema):
            assert one.label.strip(), one
            assert one.help.strip(), one
            assert one.kind != "choice" or all(title for _, title in one.choices), one


def test_secrets_are_passwords_without_defaults(connector: Loaded) -> None:
    shown = connector.credentials_schema.get("properties", {})

    assert all(one.kind == "password" for one in draw(connector.credentials_schema))
    assert [name for name, one in shown.items() if one.get("default") is not None] == []


@pytest.mark.parametrize("whole", [True, False], ids=["every field", "required fields"])
def test_what_the_form_sends_is_taken(connector: Loaded, whole: bool) -> None:
    settings = filled(connector.settings_schema, whole=whole)
    credentials = filled(connector.credentials_schema, whole=whole)

    check_account(connector.manifest, settings, credentials)


def test_fields_come_in_their_order() -> None:
    fields = [one.name for one in draw(host().get("woocommerce").settings_schema)]

    assert fields[:3] == ["store_url", "auth", "page_size"]


def test_choices_and_limits_are_told() -> None:
    by_name = {one.name: one for one in draw(host().get("woocommerce").settings_schema)}
    page_size = host().get("woocommerce").settings_schema["properties"]["page_size"]

    assert dict(by_name["auth"].choices)["oauth"] == "OAuth 1.0a (http)"
    assert by_name["store_url"].required
    assert (page_size["minimum"], page_size["maximum"], page_size["default"]) == (5, 100, 50)
    assert by_name["tax_id_meta_key"].group == "Fields of the store's plugins"
