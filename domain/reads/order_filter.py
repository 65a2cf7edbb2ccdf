"""What may be asked of the orders of a page, and each question as a condition (spec ORD-6).

The kinds stand in tables: lists of values, comparisons with one value, and look-ups in other tables. A filter that
another noun brings (metafields) is an `Also`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, any_, bindparam, select, text, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, SmallInteger, TypeEngine, Uuid

from domain.customers.models import CustomerGroup, CustomerGroupMember
from domain.diary.models import DiaryEntry
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem
from domain.orders.models import Order, OrderLine

from .search import found_orders, search_problem, search_values

MAX_VALUES = 200
"""Values that a list of a filter may name."""
MAX_TEXT = 200
MAX_HOURS = 10 * 366 * 24


@dataclass(frozen=True, slots=True)
class Also:
    """A condition of another noun. Filters with the same `names` must have the same condition; `values` are its
    parameters. `few`: it leaves few orders, so that those are found first.
    """

    name: str
    condition: Callable[[], ColumnElement[bool]] = field(compare=False)
    values: Mapping[str, Any] = field(compare=False)
    few: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What must hold of an order; None (or an empty tuple) does not ask. `…_after` and `…_from` include their moment,
    day or amount, and so do `promised_to` and `total_to`; `…_before` does not.
    """

    status: tuple[int, ...] | None = None
    approve_status: tuple[int, ...] | None = None
    channel_id: tuple[UUID, ...] | None = None
    customer_id: UUID | None = None
    customer_group: tuple[str, ...] | None = None
    seller: tuple[str, ...] | None = None
    number: tuple[int, ...] | None = None
    sku: tuple[str, ...] | None = None
    payment_state: tuple[str, ...] | None = None
    payment_kind: tuple[str, ...] | None = None
    payment_method: tuple[str, ...] | None = None
    fulfilment_state: tuple[str, ...] | None = None
    currency: tuple[str, ...] | None = None
    delivery_point: tuple[str, ...] | None = None
    ticket: tuple[str, ...] | None = None
    held_from: tuple[int, ...] | None = None
    test: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    placed_after: datetime | None = None
    placed_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    status_since_after: datetime | None = None
    status_since_before: datetime | None = None
    in_status_over_hours: int | None = None
    promised_from: date | None = None
    promised_to: date | None = None
    total_from: Decimal | None = None
    total_to: Decimal | None = None
    search: str | None = None
    has_sync_error: bool | None = None
    also: tuple[Also, ...] = ()


UNSETTLED = "diary.state IN ('OPEN', 'WAITING')"
_C = Order.__table__.c
LISTS: Mapping[str, tuple[ColumnElement[Any], TypeEngine[Any]]] = {
    "status": (type_coerce(_C.status, SmallInteger), SmallInteger()),
    "approve_status": (_C.approve_status, SmallInteger()),
    "held_from": (type_coerce(_C.held_from, SmallInteger), SmallInteger()),
    "channel_id": (_C.channel_id, Uuid()),
    "number": (_C.number, BigInteger()),
    **{
        name: (type_coerce(_C[name], String), String())
        for name in ("payment_state", "payment_kind", "payment_method", "fulfilment_state", "currency", "seller")
    },
    **{name: (_C[name], String()) for name in ("delivery_point", "ticket")},
}
# The states stand in the text, since the partial index on them does not match parameters.
_UNSETTLED = select(DiaryEntry.order_id).where(text(UNSETTLED), DiaryEntry.order_id.is_not(None))
_OF_SKUS = select(OrderLine.order_id).where(OrderLine.sku == any_(bindparam("sku", type_=ARRAY(String()))))
_OF_GROUPS = (
    select(CustomerGroupMember.customer_id)
    .join(CustomerGroup, CustomerGroup.id == CustomerGroupMember.group_id)
    .where(CustomerGroup.slug == any_(bindparam("customer_group", type_=ARRAY(String()))))
)
_MOMENTS = {
    "created": _C.created_at,
    "placed": _C.placed_at,
    "updated": _C.updated_at,
    "status_since": _C.status_since,
}
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "customer_id": _C.customer_id == bindparam("customer_id", type_=Uuid()),
    "test": _C.test == bindparam("test"),
    **{f"{name}_after": column >= bindparam(f"{name}_after") for name, column in _MOMENTS.items()},
    **{f"{name}_before": column < bindparam(f"{name}_before") for name, column in _MOMENTS.items()},
    "in_status_over_hours": _C.status_since <= bindparam("in_status_over_hours", type_=_C.status_since.type),
    "promised_from": _C.promised_on >= bindparam("promised_from"),
    "promised_to": _C.promised_on <= bindparam("promised_to"),
    "total_from": _C.total >= bindparam("total_from"),
    "total_to": _C.total <= bindparam("total_to"),
    "sku": _C.id.in_(_OF_SKUS),
    "customer_group": _C.customer_id.in_(_OF_GROUPS),
    "search": _C.id.in_(found_orders()),
    "has_sync_error": _C.id.in_(_UNSETTLED),
    "no_sync_error": _C.id.not_in(_UNSETTLED),
}
FEW = frozenset({"search", "has_sync_error", "number", "ticket"})
"""Conditions that leave few orders: those are found first and then sorted, whatever the planner thinks of the limit."""

_TEXTS = ("customer_group", "seller", "sku", "payment_method", "currency", "delivery_point", "ticket")
_RANGES = (
    ("created_after", "created_before"),
    ("placed_after", "placed_before"),
    ("updated_after", "updated_before"),
    ("status_since_after", "status_since_before"),
    ("promised_from", "promised_to"),
    ("total_from", "total_to"),
)
_API_NAMES = {"channel_id": "channel", "customer_id": "customer"}

Asked = tuple[tuple["str | Also", int], ...]
"""The conditions of a filter: all that its statement depends on. Lists with the number of their values, as far as it
matters: whether it is one, and of statuses, each of which is read by itself.
"""


def api_name(name: str) -> str:
    """A field of the filter as the API calls it: `channel`, `placedAfter`."""
    head, *rest = _API_NAMES.get(name, name).split("_")
    return head + "".join(word.title() for word in rest)


def check_filter(where: OrderFilter) -> None:
    """Raises `Invalid` naming all that cannot be asked: a range that is reversed names both its ends."""
    problems = list(_problems(where))
    if problems:
        raise Invalid(problems)


def check_words(field: str, words: Sequence[str]) -> None:
    """Raises `Invalid` for words of a field that no filter can ask for: before they are looked up."""
    problems = list(_word_problems(field, words[:MAX_VALUES]))
    if len(words) > MAX_VALUES:
        problems.append(_too_many(field))
    if problems:
        raise Invalid(problems)


def asked(where: OrderFilter) -> tuple[Asked, dict[str, Any]]:
    """The conditions, and the values of their parameters. Raises `Invalid` as `check_filter` does."""
    check_filter(where)
    names: list[tuple[str | Also, int]] = []
    values: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(where, name)
        if value is None or value == () or (name == "search" and not value.strip()):
            continue
        if isinstance(value, tuple):
            chosen = sorted(set(value))
            names.append((name, len(chosen) if name == "status" else min(len(chosen), 2)))
            values |= {f"{name}_{place}": one for place, one in enumerate(chosen)} if name in LISTS else {}
            values[name] = chosen
        elif name == "has_sync_error":
            names.append((name if value else "no_sync_error", 1))
        else:
            names.append((name, 1))
            values |= _values(name, value)
    for one in where.also:
        names.append((one, 1))
        values |= one.values
    return tuple(names), values


def condition(name: "str | Also", count: int) -> ColumnElement[bool]:
    """The condition of a name that `asked` gave. One value of a list is compared by equality, which an index serves."""
    if isinstance(name, Also):
        return name.condition()
    if name not in LISTS:
        return _CONDITIONS[name]
    column, kind = LISTS[name]
    if count == 1:
        return column == bindparam(f"{name}_0", type_=kind)
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def leaves_few(name: "str | Also") -> bool:
    return name.few if isinstance(name, Also) else name in FEW


_NAMES = tuple(one.name for one in fields(OrderFilter) if one.name != "also")


def _values(name: str, value: Any) -> Mapping[str, Any]:
    if name == "search":
        return search_values(value)
    if name == "in_status_over_hours":
        return {name: utc_now() - timedelta(hours=value)}
    return {name: value}


def _problems(where: OrderFilter) -> Iterator[Problem]:
    for name in _NAMES:
        value = getattr(where, name)
        if isinstance(value, tuple) and len(value) > MAX_VALUES:
            yield _too_many(api_name(name))
    for name in _TEXTS:
        yield from _word_problems(api_name(name), (getattr(where, name) or ())[:MAX_VALUES])
    for low, high in _RANGES:
        first, last = getattr(where, low), getattr(where, high)
        if first is not None and last is not None and first > last:
            message = f"{api_name(low)} is after {api_name(high)}: exchange the two, or leave one out."
            yield Problem(("filter", api_name(low)), "REVERSED", message)
            yield Problem(("filter", api_name(high)), "REVERSED", message)
    hours = where.in_status_over_hours
    if hours is not None and not 0 <= hours <= MAX_HOURS:
        yield Problem(("filter", "inStatusOverHours"), "OUT_OF_RANGE", f"Give 0 to {MAX_HOURS} hours.")
    if where.search is not None:
        unsearchable = search_problem(where.search)
        if unsearchable is not None:
            yield unsearchable


def _word_problems(field: str, words: Sequence[str]) -> Iterator[Problem]:
    for place, one in enumerate(words):
        problem = text_problem(one, MAX_TEXT)
        if problem:
            yield Problem(("filter", field, str(place)), "NOT_A_TEXT", problem)


def _too_many(field: str) -> Problem:
    return Problem(("filter", field), "TOO_MANY", f"Name at most {MAX_VALUES} values.")
