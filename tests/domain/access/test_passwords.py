"""What can be a password, and the one form of an address (spec SEC-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.emails import normalised
from domain.access.passwords import LONGEST, SHORTEST, password_problem, prepared

pytestmark = pytest.mark.spec("SEC-2")


def problem(password: str, email: str = "ana.pop@shop.example", name: str = "Ana Pop") -> str | None:
    found = password_problem(("password",), password, email=email, name=name)
    return found and found.code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "BAD_LENGTH"),
        ("elevenchars", "BAD_LENGTH"),
        ("x" * 1_025, "BAD_LENGTH"),
        ("ﷺ" * 600, "BAD_LENGTH"),
        ("aaaaaaaaaaaa", "TOO_COMMON"),
        ("abababababab", "TOO_COMMON"),
        ("123456789012", "TOO_COMMON"),
        ("210987654321", "TOO_COMMON"),
        ("1234-5678-9012", "TOO_COMMON"),
        ("Password1234!", "TOO_COMMON"),
        ("!!2026OmniSales", "TOO_COMMON"),
        ("qwertyuiopasdf", "TOO_COMMON"),
        ("ana.pop@shop.example", "TOO_PERSONAL"),
        ("Ana.Pop@Shop.Example1", "TOO_PERSONAL"),
        ("AnaPopAnaPop12", "TOO_PERSONAL"),
        ("shop.example.42", "TOO_PERSONAL"),
        ("correct pony battery", None),
        ("ana likes her pony", None),
        ("7391-4826-0517", None),
        ("пароль из слов", None),
        ("x" * 10 + "abcdef" * 169, None),
    ],
)
def test_what_can_be_a_password(password: str, code: str | None) -> None:
    assert problem(password) == code


@given(st.text(min_size=0, max_size=1_100))
def test_a_password_of_any_letters_is_judged(password: str) -> None:
    assert problem(password) in (None, "BAD_LENGTH", "TOO_COMMON", "TOO_PERSONAL")
    if problem(password) is None:
        assert SHORTEST <= len(prepared(password)) <= LONGEST


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ana.Pop@Shop.EXAMPLE", "ana.pop@shop.example"),
        ("  ana@shop.example ", "ana@shop.example"),
        ("ana+oms@shop.example", "ana+oms@shop.example"),
        ("ana@xn--maana-pta.com", "ana@mañana.com"),
        *((wrong, None) for wrong in ("", "ana", "ana@", "@shop.example", "a b@shop.example", "a@b@c.example")),
        *((wrong, None) for wrong in ("Ana <ana@shop.example>", "a" * 300 + "@shop.example", "a\x00@shop.example")),
    ],
)
def test_an_address_has_one_form(text: str, kept: str | None) -> None:
    assert normalised(text) == kept


@given(st.emails())
def test_the_form_of_a_form_is_itself(text: str) -> None:
    once = normalised(text)
    assert once is None or normalised(once) == once
