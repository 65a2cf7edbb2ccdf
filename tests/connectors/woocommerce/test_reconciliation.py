"""The store's own list of its orders."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.woocommerce import list_orders
from connectors.woocommerce.settings import Ctx

from .support import Store

DAY = datetime(2026, 11, 21, tzinfo=UTC)


def spread(store: Store, count: int, *, every: timedelta) -> list[str]:
    placed = store.place(count=count)
    for place, number in enumerate(placed):
        store.shop.orders[number]["created"] = DAY + every * place
    return [str(number) for number in placed]


@pytest.mark.spec("SYN-2")
def test_all_orders_of_a_day_are_listed_by_their_ids(store: Store, ctx: Ctx) -> None:
    placed = spread(store, 5, every=timedelta(hours=8))
    refs = list_orders(ctx, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")
    assert [ref.external_id for ref in refs] == placed[:3]
    assert refs[0].placed_at == DAY
    assert refs[0].status == "processing"
    assert refs[0].version is not None


def test_the_first_second_belongs_to_the_day_and_the_last_does_not(store: Store, ctx: Ctx) -> None:
    placed = spread(store, 2, every=timedelta(days=1))
    refs = list_orders(ctx, "2026-11-21", "2026-11-22T00:00:00+00:00")
    assert [ref.external_id for ref in refs] == placed[:1]


def test_a_day_of_more_orders_than_a_page_is_listed_whole(store: Store, ctx: Ctx) -> None:
    placed = spread(store, 230, every=timedelta(seconds=1))
    refs = list_orders(ctx, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")
    assert [ref.external_id for ref in refs] == placed


def test_more_orders_of_one_second_than_a_page_are_listed_whole(store: Store, ctx: Ctx) -> None:
    placed = spread(store, 230, every=timedelta())
    refs = list_orders(ctx, "2026-11-21T00:00:00Z", "2026-11-21T00:00:01Z")
    assert sorted(ref.external_id for ref in refs) == sorted(placed)


def test_orders_in_the_bin_are_not_listed(store: Store, ctx: Ctx) -> None:
    placed = spread(store, 2, every=timedelta(hours=1))
    store.control(f"orders/{placed[0]}", method="DELETE")
    refs = list_orders(ctx, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")
    assert [ref.external_id for ref in refs] == placed[1:]


def test_a_day_without_orders_is_an_empty_list(ctx: Ctx) -> None:
    assert list_orders(ctx, "2020-01-01", "2020-01-02") == []
