"""Rules, baskets and buyers for tests of the engine, by hand and at random."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from domain.discounts.models import Formal
from domain.discounts.rules import BasketLine, Context, Rule

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHOP = UUID(int=900)
CLIENTS = [UUID(int=100 + n) for n in range(3)]
GROUPS = [UUID(int=200 + n) for n in range(3)]
ITEMS = [UUID(int=300 + n) for n in range(4)]
ITEM_GROUPS = [UUID(int=400 + n) for n in range(3)]
KINDS = ["manual", "portal", "woocommerce"]
STORES = [SHOP, UUID(int=901)]
CODES = ["PROMO", "VIP", "GIFT"]


def rule(number: int = 1, value: str | Decimal = "10", formal: Formal = Formal.PERCENT, **fields: Any) -> Rule:
    """A rule in force that asks for nothing; `number` is its id."""
    return Rule(
        id=UUID(int=number),
        **{"name": f"rule {number}", "formal": formal, "value": Decimal(value), "starts_at": NOW, **fields},
    )


def amount(number: int, value: str, **fields: Any) -> Rule:
    return rule(number, value, Formal.AMOUNT, currency="RON", **fields)


def basket(*nets: str, **fields: Any) -> list[BasketLine]:
    """Lines of these net amounts, one of each item."""
    return [
        BasketLine(position=place, net=Decimal(net), variant_id=ITEMS[place % len(ITEMS)], **fields)
        for place, net in enumerate(nets)
    ]


def buyer(**fields: Any) -> Context:
    return Context(
        **{"at": NOW, "currency": "RON", "channel": "manual", "store": SHOP, "customer": CLIENTS[0], **fields}
    )


class Case(NamedTuple):
    lines: Sequence[BasketLine]
    rules: Sequence[Rule]
    context: Context


def random_case(chance: Random) -> Case:
    """A small order with up to six rules of every kind, most of which may apply."""
    lines = [
        BasketLine(
            position=place,
            net=Decimal(chance.choice([0, 1, 3, 10, chance.randint(1, 999), chance.randint(1, 30_000)])) / 100,
            variant_id=chance.choice([*ITEMS, None]),
            groups=frozenset(chance.sample(ITEM_GROUPS, chance.randint(0, 2))),
        )
        for place in range(chance.randint(1, 4))
    ]
    rules = [_random_rule(chance, number) for number in range(1, chance.randint(1, 6) + 1)]
    context = buyer(
        currency=chance.choice(["RON", "RON", "RON", "EUR"]),
        channel=chance.choice(KINDS),
        store=chance.choice(STORES),
        customer=chance.choice([*CLIENTS, None]),
        customer_groups=frozenset(chance.sample(GROUPS, chance.randint(0, 2))),
        vouchers=frozenset(chance.sample(CODES, chance.randint(0, 3))),
    )
    chance.shuffle(lines)
    chance.shuffle(rules)
    return Case(lines, rules, context)


def _random_rule(chance: Random, number: int) -> Rule:
    def some(of: list[Any]) -> frozenset[Any] | None:
        return frozenset(chance.sample(of, chance.randint(0, len(of)))) if chance.random() < 0.12 else None

    formal = chance.choice(list(Formal))
    value = chance.choice([1, 33, 333, 1000, 5000, 10_000, chance.randint(1, 10_000)])
    hours = _hours(chance)
    return Rule(
        id=UUID(int=number),
        name=f"rule {number}",
        formal=formal,
        value=Decimal(value) / 100,
        starts_at=NOW + timedelta(hours=hours[0]),
        ends_at=None if chance.random() < 0.5 else NOW + timedelta(hours=hours[1]),
        currency="RON" if formal is Formal.AMOUNT else chance.choice([None, None, "RON"]),
        minimum=chance.choice([None, None, None, Decimal(chance.randint(1, 30_000)) / 100]),
        voucher=chance.choice([None, None, None, None, *CODES]),
        clients=some(CLIENTS),
        client_groups=some(GROUPS),
        items=some(ITEMS),
        item_groups=some(ITEM_GROUPS),
        channels=some(KINDS),
        stores=some(STORES),
        limit_total=chance.choice([None, None, 1, 5]),
        limit_per_client=chance.choice([None, None, 1, 2]),
        used=chance.choice([0, 0, 1]),
        used_by_client=chance.choice([0, 0, 1]),
        stacks=chance.random() < 0.7,
        priority=chance.choice([0, 0, 0, 1, -1]),
        active=chance.random() < 0.95,
    )


def _hours(chance: Random) -> tuple[int, int]:
    """Mostly in force at NOW; a rule that begins or ends at that very moment is not rare."""
    return chance.choice([(-1, 1), (-1, 2), (0, 1), (-2, 0), (1, 2), (-5, 5), (-5, 1)])
