"""Orders in by poll, against the sandbox over real HTTP."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.woocommerce import fetch_order, fetch_orders, parse_order
from connectors.woocommerce.client import call
from connectors.woocommerce.cursor import MAX_KNOWN, Cursor
from connectors.woocommerce.settings import Ctx
from omnisales_sdk import ExternalOrder, Gone, Ignored, NeedsHuman, RawItem, TryLater
from omnisales_sdk.testing.sandbox import Fault

from .recordings import exchange
from .support import Store, answering

LONG_AGO = "2020-01-01T00:00:00+00:00"


def run(ctx: Ctx, cursor: str | None) -> tuple[list[RawItem], str]:
    """Pages until there are no more."""
    items: list[RawItem] = []
    while True:
        page = fetch_orders(ctx, cursor)
        items += page.items
        assert page.cursor is not None
        cursor = page.cursor
        if not page.more:
            return items, cursor


def ids(items: list[RawItem]) -> list[int]:
    return [int(item.external_id) for item in items]


@pytest.mark.spec("SYN-1")
def test_the_first_run_goes_back_as_many_days_as_the_settings_say(store: Store, ctx: Ctx) -> None:
    store.control("clock", {"skew_seconds": -31 * 24 * 3600})
    store.place(count=2)
    store.control("clock", {"skew_seconds": 0})
    recent = store.place(count=3)
    items, cursor = run(ctx, None)
    assert ids(items) == recent
    assert run(ctx, cursor)[0] == []


@pytest.mark.spec("SYN-1")
def test_a_first_run_without_history_pulls_none_and_the_next_what_changed_since(store: Store) -> None:
    ctx = store.ctx(import_days=0)
    store.place(count=3)
    items, cursor = run(ctx, None)
    assert items == []
    (new,) = store.place()
    items, cursor = run(ctx, cursor)
    assert ids(items) == [new]
    assert run(ctx, cursor)[0] == []


def test_an_order_changed_in_the_second_of_the_connection_is_not_missed(store: Store) -> None:
    ctx = store.ctx(import_days=0)
    old, _ = store.place(count=2)
    _, cursor = run(ctx, None)
    store.control(f"orders/{old}", {"customer_note": "schimbat"})
    items, _ = run(ctx, cursor)
    assert ids(items) == [old]


def test_a_store_whose_newest_date_cannot_be_read_is_not_imported_from_its_beginning() -> None:
    undated = {**exchange(8).body, "date_modified_gmt": None, "date_created_gmt": None}
    with pytest.raises(NeedsHuman, match="no date_modified_gmt"):
        fetch_orders(answering(lambda request: httpx.Response(200, json=[undated]), import_days=0), None)


def test_history_is_filled_in_on_request_only(store: Store) -> None:
    placed = store.place(count=3)
    items, _ = run(store.ctx(import_since=LONG_AGO), None)
    assert ids(items) == placed


def test_a_poll_reads_all_pages(store: Store) -> None:
    placed = store.place(count=23)
    items, _ = run(store.ctx(import_since=LONG_AGO, page_size=5), None)
    assert sorted(ids(items)) == placed


def test_orders_that_move_while_they_are_read_push_no_neighbour_out_of_sight(store: Store) -> None:
    """Page shifting: behind each page an order that was read is saved, and its neighbours move up."""
    placed = store.place(count=12)
    for number, order in store.shop.orders.items():
        order["modified"] = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)
    store.control("shift", {"orders": [placed[0], placed[1], placed[6]]})
    items, _ = run(store.ctx(import_since=LONG_AGO, page_size=5), None)
    assert set(ids(items)) == set(placed)


def test_offset_paging_would_have_lost_one(store: Store, ctx: Ctx) -> None:
    """That the shift is a shift: the sandbox, read as naive connectors do, hides an order."""
    placed = store.place(count=10)
    for number, order in store.shop.orders.items():
        order["modified"] = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)
    store.control("shift", {"orders": [placed[0]]})
    seen: set[int] = set()
    for page in ("1", "2"):
        rows = listed(ctx, orderby="modified", order="asc", per_page="5", page=page)
        seen |= {row["id"] for row in rows}
    assert set(placed) - seen == {placed[5]}


def listed(ctx: Ctx, **params: str) -> list[dict[str, int]]:
    rows: list[dict[str, int]] = call(ctx, "GET", "orders", params=list(params.items())).body
    return rows


def test_more_orders_of_one_second_than_a_page_holds(store: Store) -> None:
    placed = store.place(count=17)
    for order in store.shop.orders.values():
        order["modified"] = datetime(2026, 11, 1, tzinfo=UTC)
    items, _ = run(store.ctx(import_since=LONG_AGO, page_size=5), None)
    assert sorted(ids(items)) == placed


def test_more_orders_of_one_second_than_an_address_can_exclude(store: Store) -> None:
    placed = store.place(count=650)
    for order in store.shop.orders.values():
        order["modified"] = datetime(2026, 11, 1, tzinfo=UTC)
    items, _ = run(store.ctx(import_since=LONG_AGO, page_size=100), None)
    assert sorted(ids(items)) == placed


def test_the_bound_is_exclusive_so_the_overlap_reads_the_last_second_again(store: Store) -> None:
    """Two orders in one second, the second of them saved after the poll had read the first."""
    ctx = store.ctx(import_since=LONG_AGO, overlap_minutes=0)
    first, second = store.place(count=2)
    second_order = store.shop.orders.pop(second)
    items, cursor = run(ctx, None)
    assert ids(items) == [first]
    second_order["modified"] = store.shop.orders[first]["modified"]
    store.shop.orders[second] = second_order
    items, _ = run(ctx, cursor)
    assert ids(items) == [second]


def test_what_the_overlap_reads_again_unchanged_is_not_handed_over_again(store: Store, ctx: Ctx) -> None:
    _, cursor = run(ctx, None)
    placed = store.place(count=4)
    items, cursor = run(ctx, cursor)
    assert ids(items) == placed
    before = store.state()["requests"]
    for _ in range(3):
        items, cursor = run(ctx, cursor)
        assert items == []
    assert store.state()["requests"] == before + 3


@pytest.mark.parametrize("skew", [-1200, 1200])
def test_a_store_whose_clock_is_off_loses_nothing(store: Store, ctx: Ctx, skew: int) -> None:
    """The mark follows the store's own stamps, not our clock nor the server's."""
    store.control("clock", {"skew_seconds": skew})
    store.place(count=2)
    _, cursor = run(ctx, None)
    found = []
    for _ in range(3):
        placed = store.place(count=2)
        items, cursor = run(ctx, cursor)
        found.append((ids(items), placed))
    assert all(got == placed for got, placed in found)


def test_an_order_with_a_stamp_from_the_future_does_not_stop_the_poll(store: Store, ctx: Ctx) -> None:
    _, cursor = run(ctx, None)
    (strange,) = store.place()
    store.shop.orders[strange]["modified"] = datetime(2099, 1, 1, tzinfo=UTC)
    items, cursor = run(ctx, cursor)
    assert ids(items) == [strange]
    (later,) = store.place()
    items, cursor = run(ctx, cursor)
    assert ids(items) == [later]


def test_the_time_bound_has_the_one_safe_form(store: Store) -> None:
    """UTC without a Z, with dates_are_gmt: a Z beside the flag hides hours of orders."""
    seen: list[dict[str, list[str]]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(parse_qs(request.url.query.decode()))
        return httpx.Response(200, json=[])

    fetch_orders(answering(handler), Cursor.starting_at("2026-11-21T22:34:39").to_text())
    (asked,) = seen
    assert asked["modified_after"] == ["2026-11-21T22:34:39"]
    assert asked["dates_are_gmt"] == ["true"]
    assert (asked["orderby"], asked["order"]) == (["modified"], ["asc"])


def test_the_sandbox_hides_hours_behind_a_z_beside_the_flag(store: Store, ctx: Ctx) -> None:
    store.place(count=2)
    after = (datetime.now(UTC) - timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(listed(ctx, modified_after=after, dates_are_gmt="true")) == 2
    assert len(listed(ctx, modified_after=f"{after}Z")) == 2
    assert listed(ctx, modified_after=f"{after}Z", dates_are_gmt="true") == []


def test_a_webhook_and_a_poll_of_one_state_are_the_same_item(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    one = fetch_order(ctx, str(number))
    items, _ = run(store.ctx(import_since=LONG_AGO), None)
    assert items == [one]


@pytest.mark.spec("SYN-3")
def test_a_page_that_times_out_is_asked_for_in_halves_and_grows_back(store: Store) -> None:
    ctx = store.ctx(import_since=LONG_AGO, page_size=50, timeout=0.3)
    store.place(count=8)
    start = fetch_orders(ctx, None).cursor
    store.faults.add(Fault(kind="slow", seconds=1.0, times=2, match="GET /wp-json/wc/v3/orders"))
    for expected in ("25", "12"):
        with pytest.raises(TryLater, match="no answer"):
            fetch_orders(ctx, start)
        assert ctx.state.get("page_size") == expected
    page = fetch_orders(ctx, start)
    assert len(page.items) == 8
    assert ctx.state.get("page_size") == "24"
    fetch_orders(ctx, page.cursor)
    fetch_orders(ctx, page.cursor)
    assert ctx.state.get("page_size") == "50"


def test_pages_never_get_smaller_than_five(store: Store) -> None:
    ctx = store.ctx(import_since=LONG_AGO, page_size=8)
    start = fetch_orders(ctx, None).cursor
    store.faults.add(Fault(kind="status", status=504, times=3, match="GET /wp-json/wc/v3/orders"))
    for _ in range(3):
        with pytest.raises(TryLater):
            fetch_orders(ctx, start)
    assert ctx.state.get("page_size") == "5"


def test_a_store_in_maintenance_is_asked_again_when_it_says_and_pages_keep_their_size(store: Store, ctx: Ctx) -> None:
    _, cursor = run(ctx, None)
    store.control("mode", {"mode": "maintenance"})
    with pytest.raises(TryLater) as waiting:
        fetch_orders(ctx, cursor)
    assert waiting.value.after == timedelta(seconds=600)
    assert ctx.state.get("page_size") is None


def test_a_store_that_ignores_the_sorting_is_not_read_on() -> None:
    rows = [
        {**exchange(8).body, "id": number, "date_modified_gmt": f"2026-11-21T22:{50 - number}:00"}
        for number in range(5)
    ]
    ctx = answering(
        lambda request: httpx.Response(200, json=[{**row, "id": row["id"] + 1} for row in rows]), page_size=5
    )
    with pytest.raises(NeedsHuman) as refused:
        fetch_orders(ctx, Cursor.starting_at("2026-11-01T00:00:00").to_text())
    assert refused.value.cause == "store:unsorted"


def test_a_short_page_that_is_not_the_last_is_read_on() -> None:
    """A store that hides single orders answers with fewer rows than a page holds; the headers tell that more follow."""
    rows = [{**exchange(8).body, "id": number, "date_modified_gmt": f"2026-11-21T22:0{number}:00"} for number in (1, 2)]
    headers = {"x-wp-total": "7", "x-wp-totalpages": "2"}
    ctx = answering(lambda request: httpx.Response(200, json=rows, headers=headers), page_size=5)
    assert fetch_orders(ctx, Cursor.starting_at("2026-11-01T00:00:00").to_text()).more


def test_drafts_come_in_and_are_ignored_with_their_reason(store: Store, ctx: Ctx) -> None:
    """A refused coupon leaves a draft behind, and the unfiltered list shows it."""
    _, cursor = run(ctx, None)
    body = {"order": {"line_items": [{"product_id": 11}], "coupon_lines": [{"code": "NUEXISTA"}]}}
    refused = httpx.post(f"{store.url}/_sandbox/orders", json=body)
    assert refused.status_code == 400
    (draft,), _ = run(ctx, cursor)
    assert isinstance(parse_order(ctx, draft), Ignored)


def test_one_order_by_its_id(store: Store, ctx: Ctx) -> None:
    (number,) = store.place("checkout")
    item = fetch_order(ctx, str(number))
    assert isinstance(item, RawItem)
    order = parse_order(ctx, item)
    assert isinstance(order, ExternalOrder)
    assert (order.external_id, str(order.total)) == (str(number), "127.01")


def test_an_order_in_the_bin_is_gone(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    store.control(f"orders/{number}", method="DELETE")
    assert fetch_order(ctx, str(number)) == Gone(external_id=str(number), reason="the order lies in the store's bin")


def test_an_order_deleted_for_good_is_gone(store: Store, ctx: Ctx) -> None:
    (number,) = store.place()
    store.control(f"orders/{number}?force=true", method="DELETE")
    found = fetch_order(ctx, str(number))
    assert isinstance(found, Gone)
    assert "for good" in found.reason


def test_the_id_of_a_product_is_no_order(store: Store, ctx: Ctx) -> None:
    assert isinstance(fetch_order(ctx, "11"), Gone)


@pytest.mark.parametrize("body", [{}, {"code": "x"}, "x", ["x"], 7])
def test_an_answer_that_is_no_list_of_orders_needs_a_person(body: object) -> None:
    ctx = answering(lambda request: httpx.Response(200, json=body))
    with pytest.raises(NeedsHuman) as refused:
        fetch_orders(ctx, Cursor.starting_at("2026-11-01T00:00:00").to_text())
    assert refused.value.cause == "store:misshapen"


@pytest.mark.spec("SYN-3")
def test_one_order_with_a_date_that_cannot_be_read_stops_no_page() -> None:
    """It comes in without a version."""
    good, bad = exchange(8).body, {**exchange(9).body, "date_modified_gmt": "never"}
    ctx = answering(lambda request: httpx.Response(200, json=[good, bad]))
    page = fetch_orders(ctx, Cursor.starting_at("2026-11-01T00:00:00").to_text())
    assert [(item.external_id, item.version) for item in page.items] == [("21", "2026-11-21T22:34:37"), ("22", None)]
    assert not page.more


def test_the_cursor_stays_small_however_much_is_imported(store: Store) -> None:
    ctx = store.ctx(import_since=LONG_AGO, page_size=100)
    store.place(count=900)
    for number, order in store.shop.orders.items():
        order["modified"] = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number)
    cursor, sizes = fetch_orders(ctx, None).cursor, []
    more = True
    while more:
        page = fetch_orders(ctx, cursor)
        cursor, more = page.cursor, page.more
        assert cursor is not None
        sizes.append(len(Cursor.from_text(cursor).known))
    assert max(sizes) == MAX_KNOWN
    assert sizes[-1] == 10


def test_a_cursor_survives_as_text() -> None:
    cursor = Cursor.starting_at("2026-11-21T22:34:39")
    assert Cursor.from_text(cursor.to_text()) == cursor
