"""The sandbox's control door."""

from typing import Any, get_args

import httpx
import pytest

from connectors.woocommerce.sandbox.control import Templates
from connectors.woocommerce.sandbox.shop import recorded

from .recordings import exchange
from .support import Store, running_store


def test_every_recorded_order_can_be_placed_by_its_name() -> None:
    assert set(get_args(Templates)) == set(recorded("orders.json"))


@pytest.mark.parametrize("template", sorted(get_args(Templates)))
def test_a_placed_order_costs_what_the_recorded_one_did(template: str) -> None:
    with running_store() as store:
        (number,) = store.place(template)
        assert store.state()["orders"][str(number)]["total"] == recorded("orders.json")[template]["total"]


def test_an_order_given_as_lines_is_computed_by_the_store(store: Store) -> None:
    order = {"payment_method": "cod", "line_items": [{"sku": "CANA-300", "quantity": 2}], "status": "processing"}
    (number,) = store.control("orders", {"order": order})["ids"]
    assert store.state()["orders"][str(number)]["total"] == "79.80"
    assert store.shop.products[11]["stock_quantity"] == 23


def test_a_full_body_keeps_its_id_when_asked_and_brings_products_that_are_unknown(store: Store) -> None:
    body = exchange(8).body
    lines = [{**body["line_items"][0], "product_id": 900, "sku": "NOU-1"}]
    wanted = {"body": {**body, "id": 5000, "line_items": lines}, "keep_id": True}
    assert store.control("orders", wanted) == {"ids": [5000]}
    assert store.shop.products[900]["sku"] == "NOU-1"


def test_changes_take_the_place_of_fields(store: Store) -> None:
    (number,) = store.place("guest-cod", status="on-hold", payment_method="easybox")
    assert store.state()["orders"][str(number)]["status"] == "on-hold"
    assert store.shop.orders[number]["payment_method"] == "easybox"


def test_state_counts_the_apis_writes_and_not_the_staffs(store: Store) -> None:
    (number,) = store.place()
    store.control(f"orders/{number}", {"status": "on-hold"})
    order = store.state()["orders"][str(number)]
    assert (order["status"], order["writes"], order["status_writes"]) == ("on-hold", 0, 0)


@pytest.mark.parametrize(
    ("door", "body"),
    [
        ("orders", {"template": "nobody"}),
        ("orders", {"count": 0}),
        ("orders", {"unknown": 1}),
        ("deliver", {"parallel": 0}),
        ("mode", {"mode": "on fire"}),
        ("clock", {}),
        ("faults", {"kind": "nobody"}),
    ],
)
def test_a_command_that_cannot_be_is_refused_with_a_reason(store: Store, door: str, body: Any) -> None:
    answer = httpx.post(f"{store.url}/_sandbox/{door}", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert store.state()["orders"] == {}


def test_an_order_that_is_not_there_is_refused_as_the_store_does(store: Store) -> None:
    answer = httpx.post(f"{store.url}/_sandbox/orders/999", json={"status": "completed"})
    assert (answer.status_code, answer.json()["code"]) == (404, "woocommerce_rest_shop_order_invalid_id")


@pytest.mark.spec("PLG-4")
def test_stock_is_taken_once_and_given_back_when_an_order_is_cancelled(store: Store) -> None:
    (number,) = store.place("guest-cod")
    assert store.shop.products[11]["stock_quantity"] == 23
    store.control(f"orders/{number}", {"status": "completed"})
    assert store.shop.products[11]["stock_quantity"] == 23
    store.control(f"orders/{number}", {"status": "cancelled"})
    assert store.shop.products[11]["stock_quantity"] == 25


def test_the_bin_gives_no_stock_back(store: Store) -> None:
    (number,) = store.place("guest-cod")
    store.control(f"orders/{number}", method="DELETE")
    assert store.shop.products[11]["stock_quantity"] == 23
