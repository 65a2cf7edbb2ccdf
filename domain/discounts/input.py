"""What a rule may say, and what is wrong with it, field by field. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from domain.kernel.currencies import CURRENCIES
from domain.kernel.money import to_cents
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem

from .models import Formal
from .vouchers import MAX_CODE

MAX_NAME = 200
MAX_VALUE = Decimal(10) ** 12
MAX_LIMIT = 100_000
MAX_PRIORITY = 1_000
MOST = {"clients": 5_000, "items": 5_000, "clientGroups": 200, "itemGroups": 200, "channels": 50, "stores": 1_000}
"""How many a rule may name in each dimension, by its name in the API."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,49}")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertDiscount:
    """A whole rule: with an `id` it takes the place of what that rule said, but for its uses and its log.

    `clients` are ids, `items` SKUs, groups and `stores` slugs, `channels` kinds of channels. `value` is in percent, or
    in `currency` and net, as the minimum is. A dimension that is None asks for nothing; an empty one is refused, for
    it could mean nobody. `expected_version` None asks for no check.
    """

    name: str
    starts_at: datetime
    formal: Formal
    value: Decimal
    id: UUID | None = None
    expected_version: int | None = None
    ends_at: datetime | None = None
    currency: str | None = None
    minimum_order_value: Decimal | None = None
    voucher: str | None = None
    clients: Sequence[str] | None = None
    client_groups: Sequence[str] | None = None
    items: Sequence[str] | None = None
    item_groups: Sequence[str] | None = None
    channels: Sequence[str] | None = None
    stores: Sequence[str] | None = None
    limit_total: int | None = None
    limit_per_client: int | None = None
    stacks: bool = True
    priority: int = 0
    active: bool = True

    def named(self) -> dict[str, Sequence[str] | None]:
        """What each dimension names, by its name in the API."""
        return {
            "clients": self.clients,
            "clientGroups": self.client_groups,
            "items": self.items,
            "itemGroups": self.item_groups,
            "channels": self.channels,
            "stores": self.stores,
        }


def input_problems(rule: UpsertDiscount) -> Iterator[Problem]:
    """Everything that is wrong with a rule by itself."""
    if not rule.name.strip():
        yield Problem(("name",), "MISSING", "Give the rule a name.")
    elif problem := text_problem(rule.name, MAX_NAME):
        yield Problem(("name",), "NOT_A_TEXT", problem)
    if rule.ends_at is not None and rule.ends_at <= rule.starts_at:
        yield Problem(("endsAt",), "REVERSED", "Give an end after the start, or none.")
    yield from _value_problems(rule)
    if rule.minimum_order_value is not None:
        yield from _amount_problems(("minimumOrderValue",), rule.minimum_order_value)
    yield from _currency_problems(rule)
    if rule.voucher is not None and not _CODE.fullmatch(rule.voucher.strip()):
        yield Problem(("voucher",), "BAD_VOUCHER", f"Use 3 to {MAX_CODE} letters, digits, - and _, as in PROMO-2026.")
    for name, limit in (("limitTotal", rule.limit_total), ("limitPerClient", rule.limit_per_client)):
        if limit is not None and not 1 <= limit <= MAX_LIMIT:
            yield Problem((name,), "OUT_OF_RANGE", f"Give 1 to {MAX_LIMIT} orders, or null for no limit.")
    if abs(rule.priority) > MAX_PRIORITY:
        yield Problem(("priority",), "OUT_OF_RANGE", f"Give a priority from -{MAX_PRIORITY} to {MAX_PRIORITY}.")
    for name, keys in rule.named().items():
        if keys is not None:
            yield from _list_problems(name, keys)


def _value_problems(rule: UpsertDiscount) -> Iterator[Problem]:
    if rule.formal is Formal.PERCENT and not (rule.value.is_finite() and 0 < rule.value <= _HUNDRED):
        yield Problem(("value",), "OUT_OF_RANGE", "Give a percentage above 0, at most 100.")
    elif rule.formal is Formal.PERCENT and rule.value != to_cents(rule.value):
        yield Problem(("value",), "OUT_OF_RANGE", "Give a percentage with at most two decimals.")
    elif rule.formal is Formal.AMOUNT:
        yield from _amount_problems(("value",), rule.value)


def _amount_problems(path: Path, amount: Decimal) -> Iterator[Problem]:
    if not (amount.is_finite() and 0 < amount <= MAX_VALUE):
        yield Problem(path, "OUT_OF_RANGE", f"Give an amount above 0, at most {MAX_VALUE:f}.")
    elif amount != to_cents(amount):
        yield Problem(path, "OUT_OF_RANGE", "Give an amount with at most two decimals.")


def _currency_problems(rule: UpsertDiscount) -> Iterator[Problem]:
    if rule.currency is None and (rule.formal is Formal.AMOUNT or rule.minimum_order_value is not None):
        yield Problem(("currency",), "MISSING", "Say in which currency the amount is.")
    elif rule.currency is not None and rule.currency not in CURRENCIES:
        yield Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")


def _list_problems(name: str, keys: Sequence[str]) -> Iterator[Problem]:
    if not keys:
        yield Problem((name,), "EMPTY", "An empty list would fit nothing: give null, which means all.")
    if len(keys) > MOST[name]:
        yield Problem((name,), "TOO_MANY", f"Name at most {MOST[name]} here.")
        return
    for place, key in enumerate(keys):
        if problem := text_problem(key, 200):
            yield Problem((name, str(place)), "NOT_A_TEXT", problem)
