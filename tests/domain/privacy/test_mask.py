"""Raw payloads without persons."""

import json

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
        "remarks": [f"call {MASK} or write to {MASK}"],
        "order_key": MASK,
    }


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<order><name>Kanarek</name></order>", b"{", b"[" * 100_000])
def test_of_what_is_no_json_nothing_is_shown(body: bytes) -> None:
    assert masked_body(body) is None


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
