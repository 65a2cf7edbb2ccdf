"""What pydantic finds is told in our codes, with what to do, and without the value (spec CHN-3)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from plugins.host.problems import problems_of


def _echo(value: str) -> str:
    if value != "right":
        raise ValueError(f"must not be {value}")
    return value


def _plain(value: str) -> str:
    if value == "{path}":
        raise ValueError("must hold no {braces}")
    return value


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")

    needed: str = "x"
    secret: SecretStr = Field(SecretStr("12345678"), min_length=8, max_length=9)
    names: list[str] = Field(["a"], min_length=1, max_length=2)
    size: int = Field(5, gt=1, lt=9)
    share: float = Field(0.5, ge=0, le=1)
    on: bool = True
    way: Literal["sea", "air"] = "sea"
    since: AwareDatetime | None = None
    echo: Annotated[str, AfterValidator(_echo)] = "right"
    plain: Annotated[str, AfterValidator(_plain)] = ""


@pytest.mark.spec("CHN-3")
@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"other": 1}, "UNKNOWN_FIELD", "There is no credentials.other. Remove it or spell it right."),
        ({"secret": "ab"}, "TOO_SHORT", "Give credentials.secret with at least 8 characters."),
        ({"secret": "a" * 10}, "TOO_LONG", "Give credentials.secret with at most 9 characters."),
        ({"names": []}, "TOO_SHORT", "Give credentials.names with at least 1 entries."),
        ({"names": ["a"] * 3}, "TOO_LONG", "Give credentials.names with at most 2 entries."),
        ({"names": "a"}, "BAD_VALUE", "Give credentials.names as a list."),
        ({"names": ["a", 7]}, "BAD_VALUE", "Give credentials.names.1 as a text."),
        ({"size": 1}, "OUT_OF_RANGE", "Give credentials.size above 1."),
        ({"size": 9}, "OUT_OF_RANGE", "Give credentials.size below 9."),
        ({"size": "many"}, "NOT_A_NUMBER", "Give credentials.size as a whole number."),
        ({"size": 2.5}, "NOT_A_NUMBER", "Give credentials.size as a whole number."),
        ({"share": -1}, "OUT_OF_RANGE", "Give credentials.share of 0.0 or more."),
        ({"share": "half"}, "NOT_A_NUMBER", "Give credentials.share as a number."),
        ({"on": "maybe"}, "BAD_VALUE", "Give credentials.on as true or false."),
        ({"way": "rail"}, "BAD_VALUE", "Give credentials.way as one of: 'sea' or 'air'."),
        (
            {"since": datetime(2026, 5, 1).isoformat()},  # noqa: DTZ001 - a time without a zone is what is refused
            "BAD_VALUE",
            "Give credentials.since as a time with its zone, such as 2026-05-01T12:00:00Z.",
        ),
        ({"echo": "s3cret"}, "BAD_VALUE", "Give credentials.echo another value: the connector does not take this one."),
        ({"plain": "{path}"}, "BAD_VALUE", "credentials.plain must hold no {braces}."),
    ],
)
def test_each_finding_has_our_code_and_says_what_to_do(given: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(given)
    assert [(one.code, one.message) for one in problems_of("credentials", caught.value)] == [(code, message)]


def test_a_setting_is_no_secret_and_may_stand_in_the_validators_words() -> None:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"echo": "left"})
    assert [one.message for one in problems_of("settings", caught.value)] == ["settings.echo must not be left."]
