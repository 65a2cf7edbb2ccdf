"""The courier whose numbers are typed in by hand."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connectors import manual
from connectors.manual.settings import Credentials, Ctx, Settings
from omnisales_sdk import Created, Kind, Parcel, Party, Refused, ShipmentRef, ShipmentRequest, Voided
from omnisales_sdk.testing.context import make_context


def context(**settings: Any) -> Ctx:
    return make_context(Settings(**settings), Credentials())


def request(awb: str | None) -> ShipmentRequest:
    party = Party(
        name="Ion Pop",
        contact="",
        phone="",
        street="Str. Lungă 10",
        city="Cluj",
        county="",
        postcode="",
        country="RO",
    )
    size = Decimal(10)
    parcel = Parcel(number=1, length_cm=size, width_cm=size, height_cm=size, weight_kg=Decimal(1))
    return ShipmentRequest(key="OMS-1", reference="1001", recipient=party, parcels=(parcel,), awb=awb)


@pytest.mark.spec("FUL-3")
def test_the_number_that_was_typed_in_is_the_awb() -> None:
    ctx = context(title="Palex", tracking_url_template="https://track.example/{awb}?lang=ro")

    assert manual.create_awb(ctx, request("  PX 1/2 ")) == Created(
        awb="PX 1/2", refs={"courier": "Palex"}, tracking_url="https://track.example/PX%201%2F2?lang=ro"
    )


def test_asking_twice_is_asking_once() -> None:
    ctx = context()
    assert manual.create_awb(ctx, request("1")) == manual.create_awb(ctx, request("1"))


def test_without_a_tracking_page_there_is_no_address() -> None:
    created = manual.create_awb(context(), request("123"))
    assert created == Created(awb="123", refs={"courier": "Manual courier"}, tracking_url=None)


@pytest.mark.parametrize(
    ("awb", "code"),
    [(None, "required"), ("", "required"), ("  ", "required"), ("1\n2", "invalid"), ("9" * 65, "invalid")],
)
def test_a_number_that_is_none_is_refused_at_its_field(awb: str | None, code: str) -> None:
    answer = manual.create_awb(context(), request(awb))

    assert isinstance(answer, Refused)
    assert [(problem.path, problem.code) for problem in answer.problems] == [("awb", code)]


@pytest.mark.spec("FUL-6")
def test_voiding_is_always_done() -> None:
    assert manual.void_awb(context(), ShipmentRef(key="OMS-1", awb="123")) == Voided(already=False)


@pytest.mark.parametrize(
    "settings",
    [
        {"title": ""},
        {"tracking_url_template": "https://track.example/"},
        {"tracking_url_template": "javascript:alert('{awb}')"},
        {"api_key": "x"},
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**settings)
    assert [error["loc"] for error in refused.value.errors()] == [(name,) for name in settings]


def test_the_card_promises_no_label_and_no_tracking() -> None:
    manifest = manual.connector()

    assert (manifest.key, manifest.kinds, manifest.sandbox) == ("manual", frozenset({Kind.COURIER}), None)
    assert [name for name in ("label", "track", "find_awb", "quote", "parse_tracking") if hasattr(manual, name)] == []
