"""Raw payloads without persons."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy.mask import MASK, masked, masked_body

ORDER = {
    "id": 1071,
    "status": "processing",
    "total": "168.80",
    "date_created": "2026-07-01T12:00:00",
    "billing": {"first_name": "Zebulon", "last_name": "Kanarek", "country": "RO", "company": ""},
    "customer_note": "Ring at Kanarek",
    "customer_id": 77,
    "customer_ip_address": "10.1.2.3",
    "line_items": [{"id": 5, "name": "Cană 300 ml", "sku": "CANA-300", "quantity": 2}],
    "meta_data": [{"id": 1, "key": "_billing_cnp", "value": "1800101000000"}, {"key": "gift", "value": "yes"}],
    "remarks": ["call 0799 123 456 or write to zk@canary.example"],
    "order_key": "wc_order_secret",
}


def test_persons_and_secrets_are_hidden_and_what_was_bought_stays() -> None:
    assert masked(ORDER) == {
        "id": 1071,
        "status": "processing",
        "total": "168.80",
        "date_created": "2026-07-01T12:00:00",
        "billing": {"first_name": MASK, "last_name": MASK, "country": MASK, "company": ""},
        "customer_note": MASK,
        "customer_id": 77,
        "customer_ip_address": MASK,
        "line_items": [{"id": 5, "name": "Cană 300 ml", "sku": "CANA-300", "quantity": 2}],
        "meta_data": [{"id": MASK, "key": "_billing_cnp", "value": MASK}, {"key": "gift", "value": "yes"}],
        "remarks": [MASK],
        "order_key": MASK,
    }


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<order><name>Kanarek</name></order>", b"{", b"[" * 100_000])
def test_of_what_is_no_json_nothing_is_shown(body: bytes) -> None:
    assert masked_body(body) is None


@pytest.mark.parametrize(
    "given",
    [
        {"destinatar": {"nume_complet": "Kanarek", "localitate": "Kanarek", "nr": 7001, "cod": 700100}},
        {"line1": "Str. Kanarek 7001", "attention": "Kanarek", "ordered_by": "Kanarek", "observations": "Kanarek"},
        {"message": "Kanarek", "reason": "Kanarek", "items": [{"sku": "A", "personalization": "for Kanarek"}]},
        "Kanarek",
        [{"name": "Kanarek", "value": "Kanarek"}, {"key": "call", "value": "0799 700 100"}, {"name": "Kanarek"}],
        {"p256": 40799700100, "q": 799700100.0, "r": -40799700100, "price": "0799700100", "status": "0799700100"},
        {"url": "https://shop.example/?key=kanarek&consumer_secret=cs_7001", "key": "cs_7001", "id": "0799700100"},
        {"kanarek@canary.example": 1, "0799 700 100": {"x": 1}, "Kanarek Zebulon": 2, "tel_0799700100": 3},
        {"billing": {"kanarek@canary.example": "x", "0799 700 100": 1}},
        {"items": [{"sku": "A", "name": "kanarek@canary.example"}, {"sku": "B", "name": "Call 0799 700 100"}]},
        {"date": "on the 1st, said Kanarek", "status": "left with Kanarek", "total": "7001 Kanarek"},
        {"lat": 46.7001, "latitude": "46.7001", "shipTo": {"x": 7001}, "firstName": "Kanarek"},
    ],
)
def test_what_is_not_known_to_be_harmless_is_hidden(given: Any) -> None:
    shown = masked_body(json.dumps(given).encode())
    assert shown is not None
    assert not [word for word in ("anarek", "7001", "700 100", "799700100") if word in shown], shown


def test_numbers_and_moments_that_help_are_shown() -> None:
    plain = {
        "id": 450789469001,
        "parent_id": 0,
        "created_at": 1767225600,
        "modified": "2026-07-01 12:00:00",
        "shippedAt": "2026-07-01T12:00:00.5Z",
        "currency": "RON",
        "payment_method": "cod",
        "total_tax": "-12,50",
        "quantity": 2,
        "in_stock": True,
        "warehouse_id": "MAIN",
        "content-type": "application/json; charset=utf-8",
        "shipping_lines": [{"method_id": "flat_rate", "total": "15.00"}],
    }
    assert masked(plain) == plain


LONG = 1_000_000


@pytest.mark.parametrize(
    "body",
    [
        {"label": "A" * LONG},
        {"items": [{"sku": "a." * LONG, "name": "0 " * LONG}]},
        {"id": "1-" * LONG, "status": "@" * LONG},
        {"A" * LONG: 1},
        {"1" * LONG: 1},
    ],
)
def test_its_time_grows_no_faster_than_the_body(body: object) -> None:
    raw, begun = json.dumps(body).encode(), time.perf_counter()
    assert MASK in str(masked_body(raw))
    assert time.perf_counter() - begun < 5  # hours, were it to grow with the square


def test_hardly_more_is_written_than_is_shown() -> None:
    shown = masked_body(json.dumps([{"a": 1}] * 1000).encode(), 100)
    assert shown is not None and 100 < len(shown) < 400


def test_half_a_surrogate_pair_is_shown_as_what_can_be_sent() -> None:
    shown = masked_body(b'{"items": [{"sku": "A", "name": "x\\ud800y"}], "y\\ud800": "\\ud800"}')
    assert shown is not None and "x?y" in shown
    shown.encode()


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_whatever_is_in_it_an_address_is_hidden(value: object) -> None:
    shown = masked_body(json.dumps({"shipping": value, "x": ["zk@canary.example", value]}).encode())
    assert shown is not None and "canary" not in shown
    assert set(_leaves(json.loads(shown)["shipping"])) <= {MASK, "", None, True, False}


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]
