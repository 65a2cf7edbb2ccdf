"""What recorded deliveries are about. Numbers are those of the recorded webhooks."""

import json
import re

import pytest

from connectors.woocommerce import connector, parse_order, parse_webhook
from connectors.woocommerce.settings import Ctx
from connectors.woocommerce.values import raw_item
from omnisales_sdk import Delivery, ExternalOrder, Gone, Hint, Ignored, RawItem

from .recordings import Webhook, exchange, webhook, webhooks
from .support import context, signature

ORDERS = (2, 3, 4, 5, 8, 9, 10, 12, 13, 14, 18, 23, 24, 25, 26, 27)


@pytest.fixture
def ctx() -> Ctx:
    return context("https://shop.example")


def found(ctx: Ctx, number: int) -> RawItem | Hint | Gone | Ignored:
    (one,) = parse_webhook(ctx, webhook(number).delivery)
    return one


@pytest.mark.parametrize("number", ORDERS)
def test_every_recorded_order_delivery_is_that_order(ctx: Ctx, number: int) -> None:
    item = found(ctx, number)
    body = json.loads(webhook(number).body)
    assert isinstance(item, RawItem)
    assert (item.external_id, item.version) == (str(body["id"]), body["date_modified_gmt"])


@pytest.mark.spec("SEC-3")
@pytest.mark.parametrize("hook", [h for h in webhooks() if "x-wc-webhook-signature" in h.headers], ids=lambda h: h.name)
def test_the_manifests_scheme_fits_every_recorded_signature(hook: Webhook) -> None:
    scheme = connector().webhook
    assert scheme is not None
    assert scheme.signature_header is not None
    assert (scheme.digest, scheme.encoding) == ("sha256", "base64")
    assert hook.headers[scheme.signature_header] == signature(hook.body, hook.secret)


def test_a_signature_is_of_the_raw_bytes_which_no_re_encoding_gives_back() -> None:
    hook = webhook(2)
    again = json.dumps(json.loads(hook.body), ensure_ascii=False).encode()
    assert signature(again, hook.secret) != hook.headers["x-wc-webhook-signature"]


def test_the_ping_is_known_by_its_form(ctx: Ctx) -> None:
    scheme = connector().webhook
    assert scheme is not None
    assert scheme.ping is not None
    assert re.fullmatch(scheme.ping, webhook(1).body.decode())
    assert not re.fullmatch(scheme.ping, "webhook_id=1&x=2")


@pytest.mark.spec("SYN-4")
def test_created_and_its_updated_twin_are_the_same_item(ctx: Ctx) -> None:
    assert found(ctx, 2) == found(ctx, 4) == found(ctx, 3)


def test_updated_before_created_is_the_same_item(ctx: Ctx) -> None:
    """Both were built when they were sent, so both carry the last state."""
    assert found(ctx, 13) == found(ctx, 14)


def test_a_delivery_id_that_two_orders_share_names_neither(ctx: Ctx) -> None:
    first, second = webhook(2), webhook(5)
    assert first.headers["x-wc-webhook-delivery-id"] == second.headers["x-wc-webhook-delivery-id"]
    one, other = found(ctx, 2), found(ctx, 5)
    assert isinstance(one, RawItem)
    assert isinstance(other, RawItem)
    assert (one.external_id, other.external_id) == ("21", "22")


def test_a_webhook_and_the_same_order_read_by_its_id_are_one_item(ctx: Ctx) -> None:
    assert found(ctx, 2) == raw_item(exchange(33).body)


def test_a_draft_that_became_an_order_comes_under_updated_alone(ctx: Ctx) -> None:
    drafts = [found(ctx, number) for number in (25, 26)]
    real = found(ctx, 27)
    assert all(isinstance(item, RawItem) and isinstance(parse_order(ctx, item), Ignored) for item in drafts)
    assert isinstance(real, RawItem)
    assert isinstance(parse_order(ctx, real), ExternalOrder)


@pytest.mark.parametrize(("number", "order"), [(11, "33"), (17, "48"), (22, "64")])
def test_an_order_in_the_bin_is_gone(ctx: Ctx, number: int, order: str) -> None:
    assert found(ctx, number) == Gone(external_id=order, reason="the store moved the order to its bin")


def test_a_restored_order_is_an_order_again(ctx: Ctx) -> None:
    item = found(ctx, 18)
    assert isinstance(item, RawItem)
    assert item.external_id == "48"


def test_product_deleted_with_the_id_of_an_order_is_not_about_that_order(ctx: Ctx) -> None:
    """Old posts storage sends it beside order.deleted."""
    item = found(ctx, 21)
    assert json.loads(webhook(21).body) == {"id": 64}
    assert item == Ignored(reason="product.deleted is not about an order")


@pytest.mark.parametrize("number", [6, 7, 19, 20])
def test_products_are_not_about_orders(ctx: Ctx, number: int) -> None:
    item = found(ctx, number)
    assert isinstance(item, Ignored)
    assert not item.error


@pytest.mark.parametrize("number", [15, 16])
def test_an_error_object_in_the_place_of_a_deleted_order_is_shown_to_a_person(ctx: Ctx, number: int) -> None:
    item = found(ctx, number)
    assert isinstance(item, Ignored)
    assert item.error
    assert "woocommerce_rest_shop_order_invalid_id" in item.reason


def test_a_body_that_is_no_json_is_shown_to_a_person(ctx: Ctx) -> None:
    (item,) = parse_webhook(ctx, Delivery(body=b"<html>", headers={"x-wc-webhook-topic": "order.updated"}))
    assert isinstance(item, Ignored)
    assert item.error


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"{}", b'{"id": 0}'])
def test_json_that_is_no_order_is_shown_to_a_person(ctx: Ctx, body: bytes) -> None:
    (item,) = parse_webhook(ctx, Delivery(body=body, headers={"x-wc-webhook-topic": "order.updated"}))
    assert isinstance(item, Ignored)
    assert item.error


def test_less_than_the_whole_order_is_a_hint_to_fetch_it(ctx: Ctx) -> None:
    (item,) = parse_webhook(ctx, Delivery(body=b'{"id": 21}', headers={"x-wc-webhook-topic": "order.updated"}))
    assert item == Hint(external_id="21", reason="order.updated with less than the whole order")


def test_a_full_order_whose_status_is_the_bin_is_gone(ctx: Ctx) -> None:
    body = json.dumps({**exchange(8).body, "status": "trash"}).encode()
    (item,) = parse_webhook(ctx, Delivery(body=body, headers={"x-wc-webhook-topic": "order.updated"}))
    assert isinstance(item, Gone)


def test_a_delivery_whose_headers_a_proxy_took_is_read_by_its_body(ctx: Ctx) -> None:
    (item,) = parse_webhook(ctx, Delivery(body=webhook(2).body))
    assert item == found(ctx, 2)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"id":1e400}', b'{"id":1.5}', b'{"id":true}', b'{"id":"../1"}'])
def test_a_body_that_no_store_sends_is_shown_and_never_asked_for(ctx: Ctx, body: bytes) -> None:
    (one,) = parse_webhook(ctx, Delivery(body=body, headers={"x-wc-webhook-topic": "order.updated"}))
    assert isinstance(one, Ignored)
    assert one.error
