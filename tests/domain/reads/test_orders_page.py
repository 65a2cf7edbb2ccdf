"""Pages of the queue against a slow reference: all orders in memory, filtered and sorted by plain Python."""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import PaymentKind
from domain.kernel.clock import utc_now
from domain.orders.models import Order, PaymentState
from domain.orders.status import Status
from domain.reads.keyset import Window
from domain.reads.order_filter import OrderFilter
from domain.reads.orders_page import SORTS, orders_page
from tests.support.builders import make_channel, make_customer, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-6")

NOW = utc_now()
DAYS = [NOW - timedelta(days=days) for days in range(4)]
STATUSES = [Status.DRAFT, Status.PROCESSING, Status.DELIVERED]

HOLDS: Mapping[str, Callable[[Order, Any], bool]] = {
    "status": lambda order, wanted: order.status in wanted,
    "approve_status": lambda order, wanted: order.approve_status in wanted,
    "channel_id": lambda order, wanted: order.channel_id in wanted,
    "customer_id": lambda order, wanted: order.customer_id == wanted,
    "seller": lambda order, wanted: order.seller in wanted,
    "number": lambda order, wanted: order.number in wanted,
    "sku": lambda order, wanted: bool({line.sku for line in order.lines} & set(wanted)),
    "payment_state": lambda order, wanted: order.payment_state in wanted,
    "payment_kind": lambda order, wanted: order.payment_kind in wanted,
    "currency": lambda order, wanted: order.currency in wanted,
    "test": lambda order, wanted: order.test is wanted,
    "created_after": lambda order, wanted: order.created_at >= wanted,
    "created_before": lambda order, wanted: order.created_at < wanted,
    "placed_after": lambda order, wanted: order.placed_at >= wanted,
    "status_since_before": lambda order, wanted: order.status_since < wanted,
    "in_status_over_hours": lambda order, wanted: order.status_since <= utc_now() - timedelta(hours=wanted),
    "promised_from": lambda order, wanted: order.promised_on is not None and order.promised_on >= wanted,
    "promised_to": lambda order, wanted: order.promised_on is not None and order.promised_on <= wanted,
    "total_from": lambda order, wanted: order.total >= wanted,
    "total_to": lambda order, wanted: order.total <= wanted,
}


async def fill(session: AsyncSession, chance: random.Random) -> list[Order]:
    channels = [await make_channel(session) for _ in range(2)]
    customers = [await make_customer(session) for _ in range(3)]
    variants = [await make_variant(session, sku, stock=500) for sku in ("A", "B")]
    orders = []
    for _ in range(30):
        order = await make_order(
            session,
            [(chance.choice(variants), chance.randint(1, 3))],
            channel=chance.choice(channels),
            customer=chance.choice(customers),
            status=chance.choice(STATUSES),
            seller=chance.choice([None, "Ana", "Dan"]),
            payment_kind=chance.choice(list(PaymentKind)),
            currency=chance.choice(["RON", "EUR"]),
            test=chance.random() < 0.3,
        )
        order.created_at, order.placed_at, order.updated_at = (chance.choice(DAYS) for _ in range(3))
        order.status_since = chance.choice(DAYS)
        order.promised_on = chance.choice([None, date(2026, 12, 1), date(2026, 12, 2)])
        order.approve_status = chance.choice([None, 0, 1, -1])
        order.payment_state = chance.choice([PaymentState.UNPAID, PaymentState.PAID])
        orders.append(order)
    await session.flush()
    return orders


def values(orders: list[Order], chance: random.Random) -> dict[str, Any]:
    """A few conditions, each with values that some order has."""

    def some(of: list[Any]) -> tuple[Any, ...]:
        return tuple(chance.sample(of, chance.randint(1, len(of))))

    one = chance.choice(orders)
    all_of_them: dict[str, Any] = {
        "status": some(STATUSES),
        "approve_status": some([0, 1, -1]),
        "seller": some(["Ana", "Dan", "Eva"]),
        "channel_id": (one.channel_id,),
        "customer_id": one.customer_id,
        "number": some([o.number for o in orders]),
        "sku": some(["A", "B", "C"]),
        "payment_state": some(list(PaymentState)),
        "currency": some(["RON", "EUR"]),
        "payment_kind": some(list(PaymentKind)),
        "test": chance.random() < 0.5,
        "in_status_over_hours": 36,
        "created_after": DAYS[2],
        "created_before": DAYS[0],
        "placed_after": DAYS[1],
        "status_since_before": DAYS[0],
        "promised_from": date(2026, 12, 1),
        "promised_to": date(2026, 12, 1),
        "total_from": Decimal(200),
        "total_to": Decimal("300.50"),
    }
    return {name: all_of_them[name] for name in chance.sample(sorted(all_of_them), chance.randint(0, 4))}


@pytest.mark.parametrize("seed", range(4))
async def test_pages_hold_what_the_slow_reference_holds(session: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)
    orders = await fill(session, chance)
    connection = await session.connection()
    found = 0
    for _ in range(60):
        asked, name, descending = values(orders, chance), chance.choice(sorted(SORTS)), chance.random() < 0.5
        sort = SORTS[name]
        kept = [order for order in orders if all(HOLDS[field](order, wanted) for field, wanted in asked.items())]
        kept = [order for order in kept if getattr(order, sort.name) is not None]
        kept.sort(key=lambda order: (getattr(order, sort.name), order.id), reverse=descending)
        expected = [order.id for order in kept]
        seen: list[Any] = []
        size, backward = chance.randint(1, 12), chance.random() < 0.5
        place = None
        for _ in range(len(orders) + 1):
            window = Window(size, backward, place)
            page = await orders_page(
                connection, ("id",), window, sort=sort, descending=descending, where=OrderFilter(**asked)
            )
            ids = [row[0] for row in page.rows]
            seen = ids + seen if backward else seen + ids
            if not page.more:
                break
            last = page.rows[0 if backward else -1]
            place = (last[1], last[0])
        assert seen == expected, (asked, name, descending, size, backward)
        found += len(seen)
    assert found > 100, "the filters find next to nothing"
