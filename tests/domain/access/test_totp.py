"""Codes of apps and recovery codes (spec SEC-2)."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.totp import (
    RECOVERY_CODES,
    STEP_SECONDS,
    as_recovery,
    as_totp,
    new_recovery_codes,
    new_totp_secret,
    setup_uri,
    step_of,
)

pytestmark = pytest.mark.spec("SEC-2")

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""That of RFC 6238's own examples."""
AT = datetime(2026, 1, 1, 12, 0, 10, tzinfo=UTC)
STEP = int(AT.timestamp()) // STEP_SECONDS


def code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).generate_otp(STEP + steps)


def test_the_codes_are_those_of_rfc_6238() -> None:
    at = datetime.fromtimestamp(59, UTC)
    assert step_of(SECRET, "287082", at, 0) == 1


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_a_step_off(steps: int, taken: bool) -> None:
    assert (step_of(SECRET, code(steps), AT, 0) is not None) is taken


def test_a_code_is_good_once_and_none_before_it_after_that() -> None:
    step = step_of(SECRET, code(), AT, 0)
    assert step == STEP
    assert step_of(SECRET, code(), AT, step) is None
    assert step_of(SECRET, code(-1), AT, step) is None
    assert step_of(SECRET, code(1), AT + timedelta(seconds=STEP_SECONDS), step) == STEP + 1


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456"])
def test_a_code_may_be_typed_in_groups(typed: str) -> None:
    assert as_totp(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "abcd-efgh", "1" * 10_000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert as_totp(typed) is None


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    assert as_totp(typed) is None or as_recovery(typed) is None


def test_recovery_codes_are_many_different_and_read_as_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    for one in codes:
        assert as_recovery(one) == as_recovery(one.lower().replace("-", " ")) == one.replace("-", "")


def test_an_app_is_set_up_by_a_uri() -> None:
    parsed = pyotp.parse_uri(setup_uri(SECRET, "ana@shop.example"))
    assert (parsed.secret, parsed.name, parsed.issuer) == (SECRET, "ana@shop.example", "OmniSales")
    assert new_totp_secret() != new_totp_secret()
