"""Tax ids and IBANs: those that can be, and those with a wrong digit. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invoicing.tax_ids import compact, iban_problem, tax_id_problem


@pytest.mark.spec("CHN-4")
@pytest.mark.parametrize(
    ("tax_id", "country"),
    [
        ("RO14399840", None),
        ("14399840", None),
        ("14399840", "RO"),
        ("RO18547290", "RO"),
        ("19", None),
        ("DE136695976", None),
        ("ATU12345678", "AT"),
        ("IE6388047V", None),
        ("CHE123456788", "CH"),
        ("123456789", "US"),
    ],
)
def test_tax_ids_that_can_be(tax_id: str, country: str | None) -> None:
    assert tax_id_problem(tax_id, country) is None


@pytest.mark.spec("CHN-4")
@pytest.mark.parametrize(
    ("tax_id", "country"),
    [
        ("RO14399841", None),
        ("14399841", None),
        ("41399840", "RO"),
        ("RO", None),
        ("RO1", None),
        ("RO12345678901", None),
        ("ROABCDEFG", None),
        ("12345678901", None),
        ("D1", None),
        ("DE", None),
        ("!!!", None),
        ("RO１４３９９８４０", None),
        ("１４３９９８４０", "US"),
    ],
)
def test_tax_ids_that_cannot_be(tax_id: str, country: str | None) -> None:
    assert tax_id_problem(tax_id, country)


@pytest.mark.spec("CHN-4")
@given(st.integers(min_value=1, max_value=999_999_999), st.integers(min_value=1, max_value=9))
def test_of_the_ten_last_digits_one_is_right(body: int, other: int) -> None:
    right = [digit for digit in range(10) if tax_id_problem(f"{body}{digit}", "RO") is None]
    assert len(right) == 1
    assert tax_id_problem(f"{body}{(right[0] + other) % 10}", "RO")


@pytest.mark.parametrize("iban", ["RO49AAAA1B31007593840000", "DE89370400440532013000", "GB82WEST12345698765432"])
def test_ibans_that_can_be(iban: str) -> None:
    assert iban_problem(iban) is None


@pytest.mark.parametrize(
    "iban", ["RO49AAAA1B31007593840001", "RO48AAAA1B31007593840000", "RO49", "4900AAAA1B31007593840000", "RO49AAAA!"]
)
def test_ibans_that_cannot_be(iban: str) -> None:
    assert iban_problem(iban)


def test_what_people_write_between_is_left_out() -> None:
    assert compact(" ro 143.998-40 ") == "RO14399840"
