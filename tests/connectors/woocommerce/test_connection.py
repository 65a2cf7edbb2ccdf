"""Trying a store's address and keys."""

import pytest

from connectors import woocommerce
from connectors.woocommerce.sandbox import READ_KEY, READ_SECRET

from .support import Store, context, running_store


@pytest.mark.spec("CHN-3")
def test_a_good_store_is_told_by_its_name_and_nothing_is_changed(store: Store) -> None:
    found = woocommerce.test_connection(store.ctx())
    assert (found.ok, found.message) == (True, "Magazin Exemplu: orders can be read and written")
    assert store.state()["orders"] == {}


def test_wrong_keys_are_told_with_what_to_do(store: Store) -> None:
    found = woocommerce.test_connection(context(store.url, key="ck_nobody"))
    assert not found.ok
    assert "Make a REST API key" in found.message


def test_keys_that_only_read_are_told_before_the_first_push_fails(store: Store) -> None:
    found = woocommerce.test_connection(context(store.url, key=READ_KEY, secret=READ_SECRET))
    assert not found.ok
    assert "statuses cannot be pushed" in found.message


def test_a_store_that_calls_itself_otherwise_is_told() -> None:
    with running_store(home="https://www.shop.example") as store:
        found = woocommerce.test_connection(store.ctx())
    assert not found.ok
    assert "https://www.shop.example" in found.message


def test_a_store_that_is_away_is_told() -> None:
    with running_store() as store:
        ctx = store.ctx()
    found = woocommerce.test_connection(ctx)
    assert not found.ok
    assert "cannot be reached" in found.message
