"""What an account may be set to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connectors.innoship.services import Choice, parse_choice
from connectors.innoship.settings import Credentials, Settings


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_url", "api.innoship.com"),
        ("query_url", "ftp://query.innoship.com"),
        ("query_url", "https://"),
        ("query_url", "https://query.innoship.com/?x=1"),
        ("query_url", "https://[query"),
        ("external_client_location", ""),
        ("default_service", "express"),
        ("default_service", "0"),
        ("point_service", "3:x"),
        ("cod_mode", "card"),
        ("payer", "Nobody"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("preferred_label", "Zpl"),
        ("unknown", 1),
    ],
)
def test_a_wrong_setting_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{"external_client_location": "WH-1", field: value})

    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


def test_the_warehouse_must_be_said() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings()  # type: ignore[call-arg]
    assert [error["loc"] for error in refused.value.errors()] == [("external_client_location",)]


def test_a_slash_at_the_end_of_an_address_is_dropped() -> None:
    assert Settings(external_client_location="W", api_url="https://x.example/").api_url == "https://x.example"


def test_a_key_is_taken_without_the_blanks_around_it() -> None:
    assert Credentials(api_key=SecretStr(" key-1\r\n")).api_key.get_secret_value() == "key-1"


def test_secrets_do_not_show() -> None:
    shown = repr(Credentials(api_key="very-secret", webhook_secret="another-very-secret"))
    assert "very-secret" not in shown


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": " "},
        {"api_key": "a\nb"},
        {"api_key": "cheie-țară"},
        {"api_key": "k", "webhook_secret": ""},
        {"api_key": "k", "webhook_secret": "short"},
    ],
)
def test_an_empty_key_or_a_guessable_address_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Credentials.model_validate(values)


@given(
    st.builds(
        Choice,
        service=st.integers(1, 10**6),
        courier=st.none() | st.integers(1, 10**6),
    )
)
def test_a_choice_is_read_back_as_it_was_written(choice: Choice) -> None:
    assert parse_choice(str(choice)) == choice


@given(st.integers(1, 999), st.integers(1, 999), st.text(min_size=1).filter(lambda text: text == text.strip()))
def test_an_option_may_be_any_text(courier: int, service: int, option: str) -> None:
    choice = Choice(service, courier, option)
    assert parse_choice(str(choice)) == choice


def test_a_choice_with_an_empty_option_has_none() -> None:
    assert parse_choice("3:1:") == Choice(service=1, courier=3)


@pytest.mark.parametrize("text", ["", ":", "1:", ":1", "-1", "1.5", "١", "a:1"])
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no service of Innoship"):
        parse_choice(text)
