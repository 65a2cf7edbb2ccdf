"""Values of each type, kept in one spelling (spec EXT-1)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.actor import Permission
from domain.kernel.refusals import Invalid
from domain.metafields.models import FieldKind
from domain.metafields.rules import Field, NotSoError, kept, key_problem
from domain.metafields.values import Sent, changes, checked, merged, usable
from tests.support.builders import OPERATOR, actor_with

pytestmark = pytest.mark.spec("EXT-1")
K = FieldKind


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (K.TEXT, "Ă, ș", "Ă, ș"),
        (K.INTEGER, -7, -7),
        (K.DECIMAL, "12.500", "12.5"),
        (K.DECIMAL, 12.5, "12.5"),
        (K.DECIMAL, "1e3", "1000"),
        (K.DECIMAL, "-0.00", "0"),
        (K.BOOLEAN, False, False),
        (K.DATE, "2026-05-15", "2026-05-15"),
        (K.DATETIME, "2026-05-15T12:30:00+03:00", "2026-05-15T09:30:00Z"),
        (K.CHOICE, "red", "red"),
    ],
)
def test_what_means_the_same_is_kept_the_same(kind: FieldKind, value: object, stored: object) -> None:
    field = Field("a.b", kind, ("red", "blue"))
    assert kept(field, value) == stored
    assert type(kept(field, value)) is type(stored)
    assert kept(field, kept(field, value)) == stored


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((K.TEXT, bad) for bad in (1, True, "", "  ", "x" * 1001, "a\x00", "\ud800", [], {})),
        *((K.INTEGER, bad) for bad in ("1", 1.5, True, 2**60, None)),
        *((K.DECIMAL, bad) for bad in ("", "x", "NaN", "Infinity", "1e30", "0.0000001", True, "9" * 40, {})),
        *((K.BOOLEAN, bad) for bad in ("true", 1, 0)),
        *((K.DATE, bad) for bad in ("2026-02-30", "15.05.2026", "20260515", "2026-05-15T00:00", 20260515)),
        *((K.DATETIME, bad) for bad in ("2026-05-15", "2026-05-15T12:30:00", "soon", 5, "0001-01-01T00:00:00+14:00")),
        *((K.CHOICE, bad) for bad in ("green", "", 1, ["red"])),
    ],
)
def test_what_is_of_another_type_is_refused(kind: FieldKind, value: object) -> None:
    with pytest.raises(NotSoError):
        kept(Field("a.b", kind, ("red", "blue")), value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(st.sampled_from(FieldKind), ANYTHING)
def test_whatever_comes_is_kept_as_json_or_refused(kind: FieldKind, value: object) -> None:
    field = Field("a.b", kind, ("red",))
    try:
        stored = kept(field, value)
    except NotSoError:
        return
    assert json.loads(json.dumps(stored)) == stored == kept(field, stored)


@pytest.mark.parametrize(
    ("key", "good"),
    [("gift.message", True), ("a1.b_2", True), *((bad, False) for bad in ("gift", "Gift.x", "a.b.c", "a.", "x" * 81))],
)
def test_a_key_is_a_namespace_and_a_name(key: str, good: bool) -> None:
    assert (key_problem(key) is None) is good


FIELDS = {
    "gift.message": Field("gift.message", K.TEXT),
    "gift.count": Field("gift.count", K.INTEGER),
    "credit.limit": Field("credit.limit", K.DECIMAL, permission="orders.approve"),
}


def test_every_wrong_value_is_named_at_once() -> None:
    sent = [
        Sent("gift.message", 5),
        Sent("gift.none", "x"),
        Sent("gift.count", 1),
        Sent("gift.count", 2),
        Sent("credit.limit", "5"),
    ]
    with pytest.raises(Invalid) as refusal:
        checked(sent, FIELDS, actor_with(Permission.ORDERS_EDIT))
    assert [(".".join(one.path), one.code) for one in refusal.value.problems] == [
        ("values.0.value", "BAD_VALUE"),
        ("values.1.key", "UNKNOWN_METAFIELD"),
        ("values.3.key", "TWICE"),
        ("values.4.key", "NOT_ALLOWED"),
    ]
    assert checked([Sent("credit.limit", "5.0")], FIELDS, OPERATOR) == {"credit.limit": "5"}
    with pytest.raises(Invalid):
        checked([Sent("gift.count", 1)] * 101, FIELDS, OPERATOR)


def test_values_are_merged_and_null_removes() -> None:
    before = {"gift.message": "Hi", "gift.count": 1}
    assert merged(before, {"gift.message": None, "gift.count": 2}) == {"gift.count": 2}
    assert merged({"gift.count": 2}, {"gift.count": None}) is None
    assert changes(before, {"gift.count": True}) == {
        "gift.count": {"from": 1, "to": True},
        "gift.message": {"from": "Hi", "to": None},
    }
    assert changes(None, {}) == {}


def test_of_a_connectors_values_what_is_declared_and_fits_is_taken() -> None:
    fields: dict[str, Any] = {key.replace("gift", "woocommerce"): field for key, field in FIELDS.items()}
    fields = {key: Field(key, field.kind) for key, field in fields.items()}
    assert usable({"message": "Hi", "count": "many", "other": 1}, fields, "woocommerce") == {
        "woocommerce.message": "Hi"
    }
    assert usable({"message": "Hi"}, fields, "shopify") == {}
