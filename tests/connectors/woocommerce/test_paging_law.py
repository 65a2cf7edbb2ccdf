"""The law of the poll: whatever is saved or placed while pages are read, each order's last state is handed over."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.woocommerce import fetch_orders
from connectors.woocommerce.keyset import Position, advanced
from connectors.woocommerce.sandbox.orders import list_orders, saved
from connectors.woocommerce.sandbox.shop import Shop, open_shop
from connectors.woocommerce.sandbox.wire import Call, encoded
from connectors.woocommerce.settings import Ctx

from .support import context

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class World:
    """The sandbox's own lists behind a transport without sockets, with a clock that is moved by hand."""

    def __init__(self, *, page_size: int, overlap_minutes: int) -> None:
        self.at = START
        self.shop: Shop = open_shop(now=lambda: self.at, zone="Europe/Bucharest", home="https://shop.example", keys={})
        self.known: dict[str, tuple[str, str]] = {}
        self.ctx: Ctx = context(
            "https://shop.example",
            transport=httpx.MockTransport(self.answer),
            page_size=page_size,
            overlap_minutes=overlap_minutes,
            import_since="2026-01-01T00:00:00+00:00",
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        reply = list_orders(self.shop, Call(method="GET", path=request.url.path, params=dict(request.url.params)))
        date = self.at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {**reply.headers, "date": date, "content-type": "application/json"}
        return httpx.Response(200, content=encoded(reply.body, "https://shop.example"), headers=headers)

    def place(self) -> None:
        from connectors.woocommerce.sandbox.orders import make

        make(self.shop, {"status": "processing"})

    def act(self, wait: int, touched: int | None) -> None:
        """Time passes; then an order is saved, or (None) placed."""
        self.at += timedelta(seconds=wait)
        orders = list(self.shop.orders.values())
        if touched is None or not orders:
            self.place()
        else:
            saved(self.shop, orders[touched % len(orders)])

    def page(self, cursor: str | None) -> tuple[str | None, bool]:
        page = fetch_orders(self.ctx, cursor)
        for item in page.items:
            self.known[item.external_id] = (item.version or "", json.loads(item.body)["date_modified_gmt"])
        return page.cursor, page.more


ACTS = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 40)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    first=st.lists(st.integers(0, 2), max_size=25),
    acts=st.lists(ACTS, max_size=14),
    page_size=st.integers(5, 8),
    overlap_minutes=st.sampled_from([0, 1]),
)
def test_no_order_is_lost_however_orders_move_while_pages_are_read(
    first: list[int], acts: list[list[tuple[int, int | None]]], page_size: int, overlap_minutes: int
) -> None:
    world = World(page_size=page_size, overlap_minutes=overlap_minutes)
    for wait in first:
        world.at += timedelta(seconds=wait)
        world.place()
    cursor: str | None = None
    for between in acts:
        cursor, _ = world.page(cursor)
        for act in between:
            world.act(*act)
    # The world is quiet now. The run under way ends, and one more is begun and ended.
    for _ in range(2):
        more = True
        while more:
            cursor, more = world.page(cursor)
    there = {str(order["id"]): order["modified"].strftime("%Y-%m-%dT%H:%M:%S") for order in world.shop.orders.values()}
    assert {number: version for number, (version, _) in world.known.items()} == there


@given(stamps=st.lists(st.integers(0, 5), max_size=60).map(sorted), size=st.integers(1, 7))
def test_walking_a_list_that_stands_still_sees_every_row_and_ends(stamps: list[int], size: int) -> None:
    rows = [(number, f"2026-11-21T12:00:0{second}") for number, second in enumerate(stamps)]
    position: Position | None = Position(after="2026-11-21T11:59:59")
    seen: set[int] = set()
    pages = 0
    while position is not None:
        asked = dict(position.params("after", "before"))
        left = [
            row for row in rows if asked["after"] < row[1] < asked.get("before", "9") and row[0] not in position.seen
        ]
        page = left[:size]
        seen |= {number for number, _ in page}
        position = advanced(position, page, full=len(page) == size)
        pages += 1
    assert seen == set(range(len(rows)))
    assert pages <= 2 * len(rows) + 13
