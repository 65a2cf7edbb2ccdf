"""The queue: pages by keyset in both directions under every sort, filters, search (spec ORD-6)."""

import json
import random
from base64 import b64encode
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.channels.models import PaymentKind
from domain.customers.models import CustomerGroup, CustomerGroupMember
from domain.diary.models import DiaryEntry, DiaryState, Direction
from domain.kernel.clock import utc_now
from domain.orders.models import NoteAudience, Order, OrderNote
from domain.orders.status import Status
from tests.api.conftest import Api
from tests.api.graphql.scenes import make_account, make_shipment
from tests.support.builders import make_channel, make_customer, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-6")

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $sort: OrderSort, $filter: OrderFilter) {
    orders(first: $first, after: $after, last: $last, before: $before, sort: $sort, filter: $filter) {
        edges { cursor node { number } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

SORTS = {
    "CREATED_AT": "created_at",
    "UPDATED_AT": "updated_at",
    "NUMBER": "number",
    "TOTAL": "total",
    "STATUS_SINCE": "status_since",
    "PLACED_AT": "placed_at",
    "PROMISED_ON": "promised_on",
}
COUNT = 11
BEFORE_TIME = b64encode(json.dumps(["CREATED_AT", "0001-01-01T00:00:00+14:00", str(UUID(int=0))]).encode()).decode()
"""A cursor that nobody was given: in UTC its moment lies before year 1."""


async def fill(api: Api) -> list[Order]:
    """Orders with ties in every column but the number."""
    moments = [utc_now() - timedelta(hours=hours) for hours in range(4)]
    chance = random.Random(7)
    async with api.database.begin() as session:
        channel = await make_channel(session)
        variant = await make_variant(session, stock=100)
        orders = []
        for _ in range(COUNT):
            order = await make_order(session, [(variant, chance.randint(1, 3))], channel=channel)
            order.created_at, order.updated_at = chance.choice(moments), chance.choice(moments)
            order.status_since, order.placed_at = chance.choice(moments), chance.choice(moments)
            order.promised_on = date(2026, 12, chance.randint(1, 4))
            orders.append(order)
    return orders


def numbers(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["number"] for edge in page["edges"]]


async def ask(api: Api, **variables: Any) -> dict[str, Any]:
    page: dict[str, Any] = (await api.data(PAGE, variables))["orders"]
    info = page["pageInfo"]
    assert info["startCursor"] == (page["edges"][0]["cursor"] if page["edges"] else None)
    assert info["endCursor"] == (page["edges"][-1]["cursor"] if page["edges"] else None)
    return page


@pytest.mark.parametrize("field", sorted(SORTS))
async def test_every_sort_in_both_directions(api: Api, field: str) -> None:
    """Forward from the start and backward from the end give every order once, in order, with true page information."""
    orders = await fill(api)
    for descending in (True, False):
        for size in (1, 4):
            await read_both_ways(api, orders, field, descending=descending, size=size)


async def read_both_ways(api: Api, orders: list[Order], field: str, *, descending: bool, size: int) -> None:
    expected = [
        str(order.number)
        for order in sorted(orders, key=lambda o: (getattr(o, SORTS[field]), o.id), reverse=descending)
    ]
    sort = {"field": field, "descending": descending}
    seen: list[str] = []
    after = None
    while True:
        page = await ask(api, first=size, after=after, sort=sort)
        assert page["pageInfo"]["hasPreviousPage"] is bool(seen)
        seen += numbers(page)
        assert page["pageInfo"]["hasNextPage"] is (len(seen) < COUNT)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == expected
    seen, before = [], None
    while True:
        page = await ask(api, last=size, before=before, sort=sort)
        assert page["pageInfo"]["hasNextPage"] is bool(seen)
        seen = numbers(page) + seen
        assert page["pageInfo"]["hasPreviousPage"] is (len(seen) < COUNT)
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert seen == expected


async def test_a_page_beyond_the_end(api: Api) -> None:
    """Empty, and it knows that there is something before it."""
    await fill(api)
    whole = await ask(api, first=200)
    assert len(whole["edges"]) == COUNT
    beyond = await ask(api, first=5, after=whole["pageInfo"]["endCursor"])
    assert beyond["edges"] == []
    assert beyond["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


async def test_orders_that_come_in_meanwhile_shift_nothing(api: Api) -> None:
    await fill(api)
    first = await ask(api, first=5)
    async with api.database.begin() as session:
        await make_order(session)
    second = await ask(api, first=5, after=first["pageInfo"]["endCursor"])
    assert not set(numbers(first)) & set(numbers(second))
    assert len(second["edges"]) == 5


@pytest.mark.parametrize(
    ("variables", "path", "code"),
    [
        ({"first": 0}, ["first"], "OUT_OF_RANGE"),
        ({"first": 201}, ["first"], "OUT_OF_RANGE"),
        ({"first": -1}, ["first"], "OUT_OF_RANGE"),
        ({"first": None}, ["first"], "OUT_OF_RANGE"),
        ({"last": 0}, ["last"], "OUT_OF_RANGE"),
        ({"last": 500}, ["last"], "OUT_OF_RANGE"),
        ({"first": 5, "after": "x"}, ["after"], "BAD_CURSOR"),
        ({"first": 5, "after": ""}, ["after"], "BAD_CURSOR"),
        ({"first": 5, "after": "bm90IGpzb24="}, ["after"], "BAD_CURSOR"),
        ({"first": 5, "after": "WzFd"}, ["after"], "BAD_CURSOR"),
        ({"first": 5, "after": BEFORE_TIME}, ["after"], "BAD_CURSOR"),
        ({"last": 5, "before": "ă"}, ["before"], "BAD_CURSOR"),
        ({"last": 5, "after": "x"}, ["after"], "NOT_TOGETHER"),
        ({"first": 5, "last": 5}, ["last"], "NOT_TOGETHER"),
        ({"first": 5, "before": "x"}, ["before"], "NOT_TOGETHER"),
        ({"first": 5, "filter": {"search": "x" * 201}}, ["filter", "search"], "OUT_OF_RANGE"),
        ({"first": 5, "filter": {"search": "x" * 900_000}}, ["filter", "search"], "OUT_OF_RANGE"),
        ({"first": 5, "filter": {"search": "a\x07b"}}, ["filter", "search"], "NOT_A_TEXT"),
        ({"first": 5, "filter": {"seller": ["a", "x" * 900_000]}}, ["filter", "seller", "1"], "NOT_A_TEXT"),
        ({"first": 5, "filter": {"channel": ["one", "x" * 900_000]}}, ["filter", "channel", "1"], "NOT_A_TEXT"),
        ({"first": 5, "filter": {"channel": ["one"] * 201}}, ["filter", "channel"], "TOO_MANY"),
        ({"first": 5, "filter": {"ticket": ["a\x07"]}}, ["filter", "ticket", "0"], "NOT_A_TEXT"),
        ({"first": 5, "filter": {"number": ["1"] * 201}}, ["filter", "number"], "TOO_MANY"),
        ({"first": 5, "filter": {"inStatusOverHours": -1}}, ["filter", "inStatusOverHours"], "OUT_OF_RANGE"),
        ({"first": 5, "filter": {"inStatusOverHours": 2**31 - 1}}, ["filter", "inStatusOverHours"], "OUT_OF_RANGE"),
    ],
)
async def test_pages_that_cannot_be(shared_api: Api, variables: dict[str, Any], path: list[str], code: str) -> None:
    answer = (await shared_api.ask(PAGE, variables)).json()
    assert answer["data"] is None
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert [(one["path"], one["code"]) for one in error["extensions"]["problems"]] == [(path, code)]
    assert error["message"]


async def test_a_range_that_is_reversed_names_both_its_ends(shared_api: Api) -> None:
    moment, later = "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z"
    asked = {
        **dict.fromkeys(("createdAfter", "placedAfter", "updatedAfter", "statusSinceAfter"), later),
        **dict.fromkeys(("createdBefore", "placedBefore", "updatedBefore", "statusSinceBefore"), moment),
        "promisedFrom": "2026-12-02",
        "promisedTo": "2026-12-01",
        "totalFrom": "2",
        "totalTo": "1",
    }
    [error] = (await shared_api.ask(PAGE, {"first": 5, "filter": asked})).json()["errors"]
    problems = error["extensions"]["problems"]
    assert sorted(one["path"][1] for one in problems) == sorted(asked)
    assert {one["code"] for one in problems} == {"REVERSED"}
    empty = {"createdAfter": moment, "createdBefore": moment, "totalFrom": "1", "totalTo": "1"}
    assert (await ask(shared_api, first=5, filter=empty))["edges"] == []


async def test_a_cursor_of_another_sort(api: Api) -> None:
    await fill(api)
    cursor = (await ask(api, first=1, sort={"field": "TOTAL"}))["pageInfo"]["endCursor"]
    [error] = (await api.ask(PAGE, {"first": 1, "after": cursor})).json()["errors"]
    assert error["extensions"]["problems"][0]["code"] == "BAD_CURSOR"


async def test_filters(api: Api) -> None:
    now = utc_now()
    async with api.database.begin() as session:
        first, second = await make_channel(session, slug="one"), await make_channel(session, slug="two")
        customer = await make_customer(session, name="Maria Ionescu")
        variant = await make_variant(session, price="100.00", vat_rate=None, stock=50)
        a = await make_order(session, [(variant, 1)], channel=first, customer=customer)
        b = await make_order(session, [(variant, 2)], channel=first, status=Status.CONFIRMED)
        c = await make_order(session, [(variant, 3)], channel=second, status=Status.DELIVERED)
        a.approve_status = 0
        a.created_at, b.created_at, c.created_at = (now - timedelta(days=days) for days in (3, 2, 1))
        for state, order in ((DiaryState.OPEN, b), (DiaryState.RESOLVED, c)):
            session.add(
                DiaryEntry(
                    at=now,
                    channel_id=order.channel_id,
                    direction=Direction.OUT,
                    cause="push:status",
                    message="m",
                    state=state,
                    order_id=order.id,
                )
            )
    name = {str(a.number): "a", str(b.number): "b", str(c.number): "c"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "cba"),
        ({"status": []}, "cba"),
        ({"status": ["CONFIRMED"]}, "b"),
        ({"status": ["DRAFT", "DELIVERED", "REFUND"]}, "ca"),
        ({"status": ["DRAFT", "DRAFT"]}, "a"),
        ({"approveStatus": ["PENDING"]}, "a"),
        ({"approveStatus": ["APPROVED"]}, ""),
        ({"channel": ["one"]}, "ba"),
        ({"channel": ["one", "two", "three"]}, "cba"),
        ({"channel": ["none"]}, ""),
        ({"customer": str(customer.id)}, "a"),
        ({"customer": "nobody"}, ""),
        ({"paymentState": ["UNPAID"]}, "cba"),
        ({"paymentState": ["PAID", "REFUNDED"]}, ""),
        ({"fulfilmentState": ["NONE"]}, "cba"),
        ({"createdAfter": (now - timedelta(days=2)).isoformat()}, "cb"),
        ({"createdBefore": (now - timedelta(days=2)).isoformat()}, "a"),
        ({"totalFrom": "200", "totalTo": "200.00"}, "b"),
        ({"totalFrom": 250.5}, "c"),
        ({"hasSyncError": True}, "b"),
        ({"hasSyncError": False}, "ca"),
        ({"status": ["DRAFT", "CONFIRMED"], "channel": ["one"], "totalTo": "150"}, "a"),
    ]
    for asked, expected in cases:
        for size in (1, 10):
            found, after = "", None
            for _ in range(4):
                page = await ask(api, first=size, after=after, filter=asked)
                found += "".join(name[number] for number in numbers(page))
                after = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
            assert found == expected, (asked, size)


async def test_the_filters_of_the_desk(api: Api) -> None:
    """Who sold it, who bought it, how it is paid, when it was promised, how long it stands: each by itself."""
    now = utc_now()
    async with api.database.begin() as session:
        channel = await make_channel(session, slug="one")
        customer = await make_customer(session, name="Maria Ionescu")
        group = CustomerGroup(slug="vip", name="VIP", created_at=now)
        session.add(group)
        await session.flush()
        session.add(CustomerGroupMember(customer_id=customer.id, group_id=group.id))
        cup, book = await make_variant(session, "CUP"), await make_variant(session, "BOOK")
        a = await make_order(session, [(cup, 1)], channel=channel, customer=customer, seller="Dan", test=True)
        b = await make_order(
            session, [(cup, 1), (book, 1)], channel=channel, payment_kind=PaymentKind.PREPAID, ticket="T-1"
        )
        c = await make_order(
            session, [(book, 1)], channel=channel, status=Status.ON_HOLD, delivery_point="easybox:1", currency="EUR"
        )
        c.held_from, c.payment_method = Status.PROCESSING, "cod"
        for days, order in ((3, a), (2, b), (1, c)):
            moment = now - timedelta(days=days)
            order.created_at = order.placed_at = order.updated_at = order.status_since = moment
        a.promised_on, b.promised_on = date(2026, 12, 1), date(2026, 12, 5)
    name = {str(a.number): "a", str(b.number): "b", str(c.number): "c"}
    two_days = (now - timedelta(days=2)).isoformat()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"seller": ["Dan", "Eva"]}, "a"),
        ({"seller": ["Eva"]}, ""),
        ({"customerGroup": ["vip", "none"]}, "a"),
        ({"customerGroup": ["none"]}, ""),
        ({"number": [str(a.number), f"#{c.number}", "x", "99999999999999999999"]}, "ca"),
        ({"number": ["x"]}, ""),
        ({"sku": ["BOOK"]}, "cb"),
        ({"sku": ["BOOK", "CUP"]}, "cba"),
        ({"sku": ["BOO"]}, ""),
        ({"paymentKind": ["PREPAID"]}, "b"),
        ({"paymentMethod": ["cod"]}, "c"),
        ({"currency": ["EUR"]}, "c"),
        ({"deliveryPoint": ["easybox:1"]}, "c"),
        ({"ticket": ["T-1"]}, "b"),
        ({"heldFrom": ["PROCESSING"]}, "c"),
        ({"heldFrom": ["DRAFT"]}, ""),
        ({"test": True}, "a"),
        ({"test": False}, "cb"),
        *(({f"{which}After": two_days}, "cb") for which in ("created", "placed", "updated", "statusSince")),
        *(({f"{which}Before": two_days}, "a") for which in ("created", "placed", "updated", "statusSince")),
        ({"inStatusOverHours": 36}, "ba"),
        ({"inStatusOverHours": 100}, ""),
        ({"promisedFrom": "2026-12-01", "promisedTo": "2026-12-01"}, "a"),
        ({"promisedFrom": "2026-12-02"}, "b"),
        ({"promisedTo": "2026-12-05"}, "ba"),
        ({"sku": ["CUP"], "inStatusOverHours": 60, "seller": ["Dan"], "search": "Maria"}, "a"),
    ]
    for asked, expected in cases:
        assert "".join(name[number] for number in numbers(await ask(api, first=5, filter=asked))) == expected, asked
    promised = await ask(api, first=5, sort={"field": "PROMISED_ON", "descending": False})
    assert [name[number] for number in numbers(promised)] == ["a", "b"], "without a promise it is not in this list"


@pytest.mark.parametrize("field", sorted(SORTS))
async def test_several_statuses_under_every_sort(api: Api, field: str) -> None:
    orders = await fill(api)
    async with api.database.begin() as session:
        for place, order in enumerate(orders):
            merged = await session.merge(order)
            merged.status = (Status.DRAFT, Status.PROCESSING, Status.PAID)[place % 3]
            order.status = merged.status
    kept = [order for order in orders if order.status in (Status.DRAFT, Status.PAID)]
    expected = [str(o.number) for o in sorted(kept, key=lambda o: (getattr(o, SORTS[field]), o.id), reverse=True)]
    seen: list[str] = []
    after = None
    for _ in range(len(expected)):
        page = await ask(api, first=3, after=after, sort={"field": field}, filter={"status": ["DRAFT", "PAID"]})
        seen += numbers(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == expected


async def test_search(api: Api) -> None:
    async with api.database.begin() as session:
        customer = await make_customer(
            session,
            name="Ștefan 100% Crăciun",
            email="s@example.ro",
            phone="+40 755 000 111",
            company="ACME Distribuție",
            tax_id="RO1234567",
        )
        variant = await make_variant(session, "CANA-300", stock=5)
        order = await make_order(
            session,
            [(variant, 1)],
            customer=customer,
            external_id="9071",
            external_number="SO-77",
            shipping={"name": "Neighbour", "phone": "0733 111 222", "street": "Str. Lungă 1", "city": "Cluj-Napoca"},
            billing={"name": "Office", "phone": "0744 333 444"},
            note="Ring twice, please",
            ticket="T-900",
        )
        stranger = await make_customer(session, name="Other Person")
        other = await make_order(session, customer=stranger, shipping=None, billing=None)
        await make_shipment(session, order, await make_account(session), awb="AWB123")
        session.add(
            OrderNote(order_id=order.id, audience=NoteAudience.STAFF, text="Sună înainte!", author="Dan", at=utc_now())
        )
    number = str(order.number)
    for text in (
        *(number, f"#{number}", f" {number} ", "SO-77", "so-77", "CANA-300", "cana-300", "S@Example.ro", "AWB123"),
        *("awb 123", "awb123", "crăciun", "CRACIUN", "Ștefan", "stefan  craciun", "100%", "9071", "@EXAMPLE.r"),
        *("+40755000111", "0755 000 111", "0755-000-111", "0040755000111", "755000111"),
        *("0733 111 222", "+40733111222", "0744 333 444", "0744333444"),
        *("cana", "product cana", "Cluj-Napoca", "cluj nap", "lungă", "neighb", "Office", "ring twice", "RO1234567"),
        *("1234567", "acme", "T-900", "SUNA inain"),
    ):
        assert numbers(await ask(api, first=5, filter={"search": text})) == [number], text
    for text in (
        *("100_", "999999999999999999999", "Cr", "CA", str(other.number + 7), "0733 111", "@example_ro", "cana zzz"),
        *("!!!", "' & ! | :* <->", "\\\\", "½", "ŉ", "\u2003x\u2003y", "\u200b", "name", "'"),
    ):
        assert numbers(await ask(api, first=5, filter={"search": text})) == [], text
    assert numbers(await ask(api, first=5, filter={"search": number, "status": ["PAID"]})) == []


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
async def test_a_blank_search_is_no_filter(api: Api, blank: str) -> None:
    async with api.database.begin() as session:
        orders = [await make_order(session) for _ in range(3)]
    expected = sorted(str(order.number) for order in orders)
    assert sorted(numbers(await ask(api, first=5, filter={"search": blank}))) == expected
    assert numbers(await ask(api, first=5, filter={"search": blank, "status": ["PAID"]})) == []


async def test_an_order_without_the_stores_number_is_found_by_its_id_there(api: Api) -> None:
    async with api.database.begin() as session:
        channel = await make_channel(session, slug="one")
        order = await make_order(session, channel=channel, external_id="gid-5", shipping=None, billing={"phone": "07"})
        await make_order(session, channel=channel, external_id="gid-6")
    assert numbers(await ask(api, first=5, filter={"search": "gid-5"})) == [str(order.number)]
    assert numbers(await ask(api, first=5, filter={"search": "07"})) == [str(order.number)]


async def test_the_tabs_count_all_channels_or_some(api: Api) -> None:
    async with api.database.begin() as session:
        one, two = await make_channel(session, slug="one"), await make_channel(session, slug="two")
        for channel, status in ((one, Status.DRAFT), (two, Status.DRAFT), (two, Status.PROCESSING)):
            await make_order(session, channel=channel, status=status)
    query = "query ($channel: [String!]) { orderCounts(channel: $channel) { status count } }"
    for channels, drafts, processing in (
        (None, 2, 1),
        ([], 2, 1),
        (["one"], 1, 0),
        (["two", "x"], 1, 1),
        (["x"], 0, 0),
    ):
        counts = {row["status"]: row["count"] for row in (await api.data(query, {"channel": channels}))["orderCounts"]}
        assert len(counts) == len(Status)
        assert (counts["DRAFT"], counts["PROCESSING"]) == (drafts, processing), channels
