"""Innoship's errors in all the forms that were ever seen or described."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.innoship.refusals import field_path, refusal
from omnisales_sdk import Response


def answer(body: Any, status: int = 400) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers={}, content=content, url="https://api.example/api/Order")


def told(body: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in refusal(answer(body)).problems]


def test_details_may_be_a_list_a_text_or_nothing() -> None:
    reference = " (Innoship reference c-1)"
    assert told(
        {
            "errors": [
                {"message": "Validation failed", "details": ["Phone is empty", "Name is empty"]},
                {"message": "Validation failed", "details": "AddressTo.Phone is empty"},
                {"message": "Value of field ExternalClientLocation is not valid", "details": None},
                {"message": None, "details": ["Content.Parcels[2].Weight must be positive"]},
                {"message": "Order", "details": [{"message": "AddressTo.Name is empty", "details": None}]},
            ],
            "correlationId": "c-1",
        }
    ) == [
        ("", "Validation failed: Phone is empty" + reference),
        ("", "Validation failed: Name is empty" + reference),
        ("recipient.phone", "Validation failed: AddressTo.Phone is empty" + reference),
        ("settings.external_client_location", "Value of field ExternalClientLocation is not valid" + reference),
        ("parcels.2.weight_kg", "Content.Parcels[2].Weight must be positive" + reference),
        ("recipient.name", "Order: AddressTo.Name is empty" + reference),
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Innoship refused without a reason (HTTP 400)"),
        (b"<html>Bad request</html>", "Innoship refused without a reason (HTTP 400)"),
        ({"errors": [], "correlationId": None}, "Innoship refused without a reason (HTTP 400)"),
        ({"errors": None}, "Innoship refused without a reason (HTTP 400)"),
        ({"title": "Validation errors occurred."}, "Innoship refused: Validation errors occurred."),
        ([], "Innoship refused without a reason (HTTP 400)"),
    ],
)  # fmt: skip
def test_a_refusal_without_the_documented_form_is_still_a_refusal(body: Any, message: str) -> None:
    assert told(body) == [("", message)]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Value of field AddressTo.LocalityName is not valid", "recipient.city"),
        ("addressTo.fixedLocationId is unknown", "delivery_point"),
        ("Content.Parcels[0].Size.Height is too large", "parcels.0.height_cm"),
        ("Content.Parcels[1] is wrong", "parcels.1"),
        ("Content.Parcels[1].Type is wrong", "parcels.1"),
        ("Extra.BankRepaymentAmount is above the limit", "cash_on_delivery"),
        ("The service is not available today", ""),
    ],
)
def test_the_field_that_a_sentence_names_is_ours(text: str, path: str) -> None:
    assert field_path(text) == path


ODD = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers() | st.text()) | st.just({"x": 1})
ITEM = ODD | st.fixed_dictionaries({}, optional={"message": ODD, "details": ODD})
BODY = ODD | st.fixed_dictionaries(
    {}, optional={"errors": ODD | st.lists(ITEM), "correlationId": ODD, "message": ODD, "title": ODD}
)


@given(BODY)
def test_no_body_breaks_the_reading_of_a_refusal(body: Any) -> None:
    problems = refusal(answer(body)).problems
    assert problems
    assert all(problem.message for problem in problems)
