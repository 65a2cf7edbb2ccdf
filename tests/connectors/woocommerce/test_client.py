"""How requests are signed, and what a store's answers mean."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.woocommerce.client import call
from connectors.woocommerce.sandbox import READ_KEY, READ_SECRET
from omnisales_sdk import NeedsHuman, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .recordings import exchange
from .support import Store, answering, context, running_store

ORDERS = "GET /wp-json/wc/v3/orders"


def refused(ctx: Any, method: str = "GET", path: str = "orders", **more: Any) -> NeedsHuman:
    with pytest.raises(NeedsHuman) as found:
        call(ctx, method, path, **more)
    return found.value


def answered(status: int, body: Any = None, *, text: str | None = None, **headers: str) -> NeedsHuman:
    """What is raised for one answer."""
    content = {"json": body} if text is None else {"text": text}
    return refused(answering(lambda request: httpx.Response(status, headers=headers, **content)))


def test_basic_is_ignored_over_plain_http_so_requests_are_signed(store: Store) -> None:
    assert refused(store.ctx(auth="basic")).cause == "credentials:refused"
    assert call(store.ctx(), "GET", "orders").body == []


def test_over_tls_basic_is_used() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    call(answering(handler), "GET", "orders")
    assert seen[0].headers["authorization"].startswith("Basic ")
    assert "oauth" not in str(seen[0].url)


def test_a_server_that_strips_the_authorization_header_is_sent_the_keys_in_the_query() -> None:
    with running_store(assume_tls=True) as store:
        assert call(store.ctx(auth="query"), "GET", "orders").body == []
        assert call(store.ctx(auth="basic"), "GET", "orders").body == []


def test_a_request_that_is_sent_again_is_signed_anew(store: Store) -> None:
    ctx = store.ctx()
    for _ in range(3):
        assert call(ctx, "GET", "orders", params=[("search", "a b+c&d=é")]).body == []
    assert len(store.shop.nonces) == 3


def test_unknown_keys_and_wrong_secrets_are_refused_credentials(store: Store) -> None:
    for key, secret in (("ck_nobody", "cs_sandbox"), ("ck_sandbox", "cs_wrong")):
        problem = refused(context(store.url, key=key, secret=secret))
        assert problem.cause == "credentials:refused"
        assert "REST API key" in problem.remedy


def test_a_read_key_that_writes_is_refused_credentials_although_not_403(store: Store) -> None:
    (number,) = store.place()
    ctx = context(store.url, key=READ_KEY, secret=READ_SECRET)
    assert call(ctx, "GET", f"orders/{number}").body["id"] == number
    assert refused(ctx, "POST", f"orders/{number}", json={}).cause == "credentials:refused"


def test_no_key_and_no_query_is_ever_part_of_a_message(store: Store) -> None:
    problem = refused(context(store.url, key="ck_nobody", secret="cs_nothing"))
    assert "ck_nobody" not in problem.message
    assert "oauth" not in problem.message


def test_a_redirect_is_not_followed_and_shown_without_its_query() -> None:
    problem = answered(301, text="", location="https://www.shop.example/wp-json/wc/v3/orders?consumer_key=ck_x")
    assert problem.cause == "settings:store_url"
    assert "https://www.shop.example/wp-json/wc/v3/orders" in problem.message
    assert "ck_x" not in problem.message


def test_plain_permalinks_are_told_as_a_wrong_address() -> None:
    assert answered(401, exchange(149).body).cause == "settings:store_url"


def test_no_woocommerce_there_is_told_as_a_wrong_address() -> None:
    assert answered(404, exchange(117).body).cause == "settings:store_url"
    assert answered(404, text="<html>Not found</html>").cause == "settings:store_url"


def test_a_firewalls_page_is_not_a_refused_key() -> None:
    assert answered(403, text="<html>Forbidden</html>").cause == "store:blocked"
    assert answered(200, text="<html>Are you human?</html>").cause == "store:blocked"


def test_a_store_in_maintenance_says_when_to_come_back(store: Store) -> None:
    store.control("mode", {"mode": "maintenance"})
    with pytest.raises(TryLater) as waiting:
        call(store.ctx(), "GET", "orders")
    assert waiting.value.after == timedelta(minutes=10)


def test_a_store_without_its_data_base_is_tried_later(store: Store) -> None:
    store.control("mode", {"mode": "database_down"})
    ctx = store.ctx()
    with pytest.raises(TryLater, match="no JSON"):
        call(ctx, "GET", "orders")
    (logged,) = ctx.log.events  # type: ignore[attr-defined]
    assert logged[1] == "woocommerce.foreign_answer"
    assert "Error establishing a database connection" in logged[2]["body"]


def test_php_notices_before_the_json_are_named(store: Store) -> None:
    store.control("mode", {"mode": "php_notices"})
    problem = refused(store.ctx())
    assert problem.cause == "store:php_notices"
    assert "display_errors" in problem.remedy


def test_a_byte_order_mark_before_the_json_is_read_over() -> None:
    content = b"\xef\xbb\xbf[]"
    ctx = answering(lambda request: httpx.Response(200, content=content, headers={"content-type": "application/json"}))
    assert call(ctx, "GET", "orders").body == []


def test_a_foreign_body_is_logged_no_longer_than_500_characters() -> None:
    ctx = answering(lambda request: httpx.Response(403, text="x" * 9000))
    refused(ctx)
    (logged,) = ctx.log.events  # type: ignore[attr-defined]
    assert len(logged[2]["body"]) == 500


def test_a_lasting_500_is_not_tried_again() -> None:
    """Refund refusals are 500 with a bare 500 as data."""
    problem = answered(500, exchange(55).body)
    assert problem.cause == "store:woocommerce_rest_cannot_create_order_refund"
    assert "Invalid refund amount." in problem.message


def test_an_unsupported_501_is_not_tried_again() -> None:
    assert answered(501, exchange(142).body).cause == "store:woocommerce_rest_trash_not_supported"


def test_a_crash_inside_wordpress_is_tried_later() -> None:
    body = {"code": "internal_server_error", "message": "There has been a critical error.", "data": {"status": 500}}
    with pytest.raises(TryLater, match="internal_server_error"):
        call(answering(lambda request: httpx.Response(500, json=body)), "GET", "orders")


@pytest.mark.parametrize("status", [429, 502, 503, 504, 520, 524])
def test_a_busy_host_is_tried_later(store: Store, status: int) -> None:
    store.faults.add(Fault(kind="status", status=status, match=ORDERS))
    with pytest.raises(TryLater):
        call(store.ctx(), "GET", "orders")


def test_an_expected_refusal_is_given_back_by_its_code_whatever_its_status(store: Store) -> None:
    code = "woocommerce_rest_shop_order_invalid_id"
    ctx = store.ctx()
    for method, json in (("GET", None), ("POST", {})):
        answer = call(ctx, method, "orders/999999", json=json, expected=frozenset({code}))
        assert answer.code == code
    assert refused(ctx, path="orders/999999").cause == f"store:{code}"
