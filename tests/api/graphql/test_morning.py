"""The morning page (spec REP-2): each list holds what it says, opens as a filter, and costs the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.orders.status import Status
from domain.reads.aging import OrderAging
from domain.stock.models import BackOrder
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted, make_packing_list
from tests.support.builders import make_channel, make_order

pytestmark = pytest.mark.spec("REP-2")

PAGE = """query ($first: Int!) { morning(first: $first) { at
    sections { kind count more orders { number status customer { name } } }
    confirmations { orders medianWorkingMinutes withinTarget late { workingMinutes order { number } } }
    syncErrors { count entries { cause } } } }"""
LIST = "query ($kind: OrderAging!) { orders(filter: {aging: [$kind]}) { edges { node { number } } } }"

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""10 o'clock in Bucharest, an hour into the week."""


@pytest.fixture(autouse=True)
def _it_is_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.graphql.queries.morning.utc_now", lambda: MONDAY)
    monkeypatch.setattr("api.graphql.parts.order_filter.utc_now", lambda: MONDAY)


async def fill(api: Api) -> dict[str, str]:
    """Orders on both sides of each line, named by what they are; returns the names by number."""
    ages: dict[str, tuple[Status, timedelta, dict[str, Any]]] = {
        "draft of now": (Status.DRAFT, HOUR / 2, {}),
        "draft of the weekend": (Status.DRAFT, 2 * DAY, {}),
        "draft of Friday noon": (Status.DRAFT, 2 * DAY + 22 * HOUR, {}),
        "processing of Friday noon": (Status.PROCESSING, 2 * DAY + 22 * HOUR, {}),
        "held for a day": (Status.ON_HOLD, DAY, {}),
        "held for long": (Status.ON_HOLD, 4 * DAY, {}),
        "short since yesterday": (Status.STOCK_UNAVAILABLE, DAY, {}),
        "short for long": (Status.STOCK_UNAVAILABLE, 8 * DAY, {}),
        "waits for approval": (Status.PROCESSING, HOUR / 2, {"approve_status": 0}),
        "approved": (Status.PROCESSING, HOUR / 2, {"approve_status": 1}),
        "cancelled in approval": (Status.CANCELLED, DAY, {"approve_status": 0}),
        "promised for Friday": (Status.PENDING_PAYMENT, DAY, {"promised_on": MONDAY.date() + 4 * DAY}),
        "promised for next month": (Status.PENDING_PAYMENT, DAY, {"promised_on": MONDAY.date() + 30 * DAY}),
        "promised and delivered": (Status.DELIVERED, DAY, {"promised_on": MONDAY.date()}),
        "return of today": (Status.RETURN_PENDING, HOUR, {}),
        "return of last week": (Status.RETURN_PENDING, 5 * DAY, {}),
        "packed": (Status.CONFIRMED, DAY, {}),
        "rest back-ordered": (Status.CONFIRMED, 9 * DAY, {}),
        "confirmed fast": (Status.CONFIRMED, 2 * DAY + 22 * HOUR, {"confirmed": 2 * DAY + 21 * HOUR}),
        "confirmed late": (Status.CONFIRMED, 2 * DAY + 22 * HOUR, {"confirmed": HOUR / 2}),
    }
    names = {}
    async with api.database.begin() as session:
        channel = await make_channel(session)
        for name, (status, age, more) in ages.items():
            order = await make_order(session, 1, channel=channel, status=status, promised_on=more.get("promised_on"))
            names[str(order.number)] = name
            confirmed = MONDAY - more["confirmed"] if "confirmed" in more else None
            await session.execute(
                update(Order)
                .where(Order.id == order.id)
                .values(
                    created_at=MONDAY - age,
                    status_since=MONDAY - age,
                    approve_status=more.get("approve_status"),
                    confirmed_at=confirmed,
                )
            )
            if name == "packed":
                await make_packing_list(session, order)
            if name == "rest back-ordered":
                [line] = order.lines
                session.add(
                    BackOrder(
                        order_line_id=line.id,
                        order_id=order.id,
                        warehouse_id=channel.warehouse_id,
                        variant_id=line.variant_id,
                        quantity=Decimal(1),
                        since=MONDAY - 8 * DAY,
                    )
                )
    return names


EXPECTED = {
    OrderAging.UNREVIEWED: {
        "draft of now",
        "draft of the weekend",
        "draft of Friday noon",
        "processing of Friday noon",
        "waits for approval",
        "approved",
    },
    OrderAging.APPROVAL_PENDING: {"waits for approval"},
    OrderAging.UNCONFIRMED_OVER_2_WORKING_HOURS: {"draft of Friday noon", "processing of Friday noon"},
    OrderAging.DRAFT_OVER_4_HOURS: {"draft of the weekend", "draft of Friday noon"},
    OrderAging.ON_HOLD_OVER_3_DAYS: {"held for long"},
    OrderAging.STOCK_UNAVAILABLE: {"short since yesterday", "short for long"},
    OrderAging.BACK_ORDER_OVER_7_DAYS: {"short for long", "rest back-ordered"},
    OrderAging.PRE_ORDER_DUE_WITHIN_7_DAYS: {"promised for Friday"},
    OrderAging.PACKED_WITHOUT_AWB: {"packed"},
    OrderAging.RETURN_UNDECIDED_OVER_3_DAYS: {"return of last week"},
}


async def test_each_list_holds_what_it_says(api: Api) -> None:
    names = await fill(api)
    page = (await api.data(PAGE, {"first": 20}))["morning"]
    shown = {one["kind"]: {names[order["number"]] for order in one["orders"]} for one in page["sections"]}
    assert shown == EXPECTED
    assert {one["kind"]: one["count"] for one in page["sections"]} == {kind: len(one) for kind, one in EXPECTED.items()}
    assert not any(one["more"] for one in page["sections"])
    for kind, expected in EXPECTED.items():
        rows = (await api.data(LIST, {"kind": kind}))["orders"]["edges"]
        assert {names[row["node"]["number"]] for row in rows} == expected


async def test_the_oldest_come_first_and_the_count_is_of_all(api: Api) -> None:
    names = await fill(api)
    page = (await api.data(PAGE, {"first": 1}))["morning"]
    unreviewed = page["sections"][0]
    assert unreviewed["count"] == 6
    assert [names[order["number"]] for order in unreviewed["orders"]] == ["draft of Friday noon"]
    without = (await api.data(PAGE, {"first": 0}))["morning"]
    assert [one["orders"] for one in without["sections"]] == [[]] * len(OrderAging)


async def test_the_times_of_confirmation_are_working_time(api: Api) -> None:
    names = await fill(api)
    times = (await api.data(PAGE, {"first": 5}))["morning"]["confirmations"]
    [late] = times["late"]
    # Entered on Friday at 12, confirmed on Monday at 9.30 in Bucharest.
    assert (names[late["order"]["number"]], late["workingMinutes"]) == ("confirmed late", 5 * 60 + 30)
    assert (times["orders"], times["withinTarget"]) == (2, 1)
    assert times["medianWorkingMinutes"] == (5 * 60 + 30 + 60) // 2


async def test_a_filter_narrows_a_list(api: Api) -> None:
    names = await fill(api)
    query = """{ orders(filter: {aging: [DRAFT_OVER_4_HOURS, UNCONFIRMED_OVER_2_WORKING_HOURS], status: [DRAFT]}) {
        edges { node { number } } } }"""
    rows = (await api.data(query))["orders"]["edges"]
    assert [names[row["node"]["number"]] for row in rows] == ["draft of Friday noon"]


async def test_the_page_costs_the_same_whatever_there_is(api: Api) -> None:
    await api.data("{ __typename }")
    with counted(api.services.database) as empty:
        await api.data(PAGE, {"first": 20})
    await fill(api)
    with counted(api.services.database) as full:
        await api.data(PAGE, {"first": 20})
    assert len(full) <= 9, full
    assert len(empty) <= len(full)


@pytest.mark.parametrize(("argument", "value"), [("first", 21), ("first", -1), ("days", 0), ("days", 93)])
async def test_what_cannot_be_asked(api: Api, argument: str, value: int) -> None:
    answer = (await api.ask(f"{{ morning({argument}: {value}) {{ at }} }}")).json()
    [problem] = answer["errors"][0]["extensions"]["problems"]
    assert (problem["path"], problem["code"]) == ([argument], "OUT_OF_RANGE")


async def test_now_is_the_clock(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = utc_now()
    at = datetime.fromisoformat((await api.data(PAGE, {"first": 1}))["morning"]["at"])
    assert before <= at <= utc_now()
