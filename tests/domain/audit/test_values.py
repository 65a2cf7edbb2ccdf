"""What the audit log keeps of a change (spec SEC-1)."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit.values import LONGEST, MASK, differences, shown
from domain.kernel.actor import ActorKind

pytestmark = pytest.mark.spec("SEC-1")

_ID = UUID(int=7)

PLAIN: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (Decimal("1.50"), "1.50"),
    (_ID, str(_ID)),
    (ActorKind.KEY, "key"),
    (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    (b"sealed", MASK),
    ({"b", "a"}, ["a", "b"]),
    (({"apiKey": "1", "n": 2},), [{"apiKey": MASK, "n": 2}]),
]


@pytest.mark.parametrize(("value", "told"), PLAIN)
def test_values_are_told_as_json(value: Any, told: Any) -> None:
    assert shown(value) == told


NAMES = ["password", "consumer_secret", "credentials", "key_hash", "api_key", "accessToken", "totp", "otp_secret"]


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_masked_by_its_name_at_any_depth(name: str) -> None:
    was, now = differences({"settings": {name: "old", "url": "u"}}, {"settings": {name: "canary", "url": "u"}})
    assert was == now == {"settings": {name: MASK}}


@pytest.mark.parametrize("name", ["not_paid", "hotpoint", "keyboard", "monkey", "passage"])
def test_other_names_are_shown(name: str) -> None:
    assert shown("x", name) == "x"


def test_only_what_differs_is_kept() -> None:
    was, now = differences({"a": 1, "b": {"c": 1, "d": 2}, "e": [1]}, {"a": 1, "b": {"c": 3, "d": 2}, "f": 4})
    assert was == {"b": {"c": 1}, "e": [1], "f": None}
    assert now == {"b": {"c": 3}, "e": None, "f": 4}


def test_a_long_value_is_cut() -> None:
    told = shown("x" * 10_000)
    assert told.endswith("…") and len(told) == LONGEST + 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.dictionaries(st.text(), VALUES, max_size=5))
def test_whatever_differs_is_fit_for_json_and_what_is_the_same_says_nothing(one: Any, other: Any) -> None:
    was, now = differences(one, other)
    json.dumps([was, now])
    assert set(was) == set(now)
    assert differences(one, dict(one)) == ({}, {})
