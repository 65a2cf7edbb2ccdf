"""Settings, credentials, and the connector's card."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.woocommerce import connector
from connectors.woocommerce.settings import Credentials, Settings
from omnisales_sdk import CONTRACT, OrderStatus

from .recordings import exchange

KEYS = {"consumer_key": "ck", "consumer_secret": "cs", "webhook_secret": "long-and-random"}


@pytest.mark.parametrize(
    ("given", "kept"), [("https://shop.example/", "https://shop.example"), ("http://a.b/shop/", "http://a.b/shop")]
)
def test_an_address_is_kept_without_its_last_slash(given: str, kept: str) -> None:
    assert Settings(store_url=given).store_url == kept


@pytest.mark.parametrize(
    "address", ["shop.example", "ftp://shop.example", "https://u:p@shop.example", "https://a.b/?x=1"]
)
def test_what_is_no_address_of_a_store_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="must be the store's own address"):
        Settings(store_url=address)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page_size", 4),
        ("page_size", 101),
        ("overlap_minutes", -1),
        ("auth", "digest"),
        ("import_since", "2026-01-01"),
        ("unknown", 1),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"store_url": "https://shop.example", field: value})
    assert refused.value.errors()[0]["loc"] == (field,)


@pytest.mark.parametrize(
    ("url", "auth", "signing"),
    [
        ("https://shop.example", "auto", "basic"),
        ("http://shop.example", "auto", "oauth"),
        ("https://shop.example", "query", "query"),
        ("https://shop.example", "oauth", "oauth"),
    ],
)
def test_requests_are_signed_as_the_address_demands(url: str, auth: Any, signing: str) -> None:
    assert Settings(store_url=url, auth=auth).signing == signing


@pytest.mark.parametrize("secret", ["tiny", "with&ersand-in-it", "with<angle>brackets", 'with"quote-in-it'])
def test_a_webhook_secret_that_old_stores_sign_wrongly_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Credentials.model_validate({**KEYS, "webhook_secret": secret})
    assert refused.value.errors()[0]["loc"] == ("webhook_secret",)
    assert secret not in str(refused.value.errors(include_input=False))


@pytest.mark.spec("CHN-3")
def test_secrets_are_masked_wherever_they_are_shown() -> None:
    credentials = Credentials.model_validate(KEYS)
    assert "long-and-random" not in repr(credentials)
    properties = Credentials.model_json_schema()["properties"]
    assert all(field["writeOnly"] for field in properties.values())


@pytest.mark.spec("SYN-6")
def test_statuses_map_as_the_specification_says() -> None:
    vocabulary = connector().vocabulary
    assert vocabulary.statuses_in == {
        "pending": OrderStatus.PENDING_PAYMENT,
        "on-hold": OrderStatus.PENDING_PAYMENT,
        "processing": OrderStatus.PROCESSING,
        "completed": OrderStatus.DELIVERED,
        "cancelled": OrderStatus.CANCELLED,
        "refunded": OrderStatus.REFUND,
        "failed": OrderStatus.FAILED,
    }
    assert vocabulary.statuses_out == {
        OrderStatus.CONFIRMED: "processing",
        OrderStatus.SHIPPING: "processing",
        OrderStatus.DELIVERED: "completed",
        OrderStatus.CANCELLED: "cancelled",
    }
    assert set(vocabulary.statuses_ignored) == {"checkout-draft", "auto-draft", "trash"}


def test_every_status_of_the_recorded_store_is_mapped_or_ignored() -> None:
    vocabulary = connector().vocabulary
    known = {*vocabulary.statuses_in, *vocabulary.statuses_ignored}
    assert {status["slug"] for status in exchange(152).body} <= known


def test_the_card_is_of_this_contract() -> None:
    card = connector()
    assert (card.key, card.contract) == ("woocommerce", CONTRACT)
