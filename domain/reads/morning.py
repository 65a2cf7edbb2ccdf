"""The operator's morning page in one statement: for each list how many, and its first orders (spec REP-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median
from uuid import UUID

from sqlalchemy import ARRAY, CompoundSelect, Select, bindparam, func, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.calendar.rules import Calendar, working_time
from domain.orders.models import Order

from .aging import CONFIRM_WITHIN, OrderAging, aging
from .order_filter import Also

MOST_COUNTED = 1_000
"""Counting ends here: what is more is said to be more."""
MOST_CONFIRMED = 5_000
"""How many of the last confirmations are looked at."""

_C = Order.__table__.c


@dataclass(frozen=True, slots=True)
class Section:
    """A list: `count` up to `MOST_COUNTED`, `more` if there are more; `first` are its oldest orders, oldest first."""

    kind: OrderAging
    count: int
    more: bool
    first: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Confirmations:
    """How long the orders that were confirmed since `since` took from their entry, in working time.

    `late` are those that took longest of those over the target, with their time.
    """

    since: datetime
    orders: int
    median: timedelta | None
    within_target: int
    late: Sequence[tuple[UUID, timedelta]]


async def morning_sections(
    connection: AsyncConnection, kinds: Sequence[OrderAging], now: datetime, calendar: Calendar, first: int
) -> list[Section]:
    """The lists of these kinds, in their order; `first` orders of each."""
    if not kinds:
        return []
    lists = tuple(aging(kind, now, calendar) for kind in kinds)
    values = {name: value for one in lists for name, value in one.values.items()}
    rows = (await connection.execute(_sections(lists), {**values, "first": first})).all()
    found = {row.place: row for row in rows}
    return [
        Section(kind, min(found[place].n, MOST_COUNTED), found[place].n > MOST_COUNTED, found[place].first or ())
        for place, kind in enumerate(kinds)
    ]


@lru_cache(maxsize=64)
def _sections(lists: tuple[Also, ...]) -> CompoundSelect[tuple[int, int, list[UUID]]]:
    return union_all(*(_section(place, one) for place, one in enumerate(lists)))


def _section(place: int, one: Also) -> Select[tuple[int, int, list[UUID]]]:
    condition = one.condition()
    counted = select(literal_column("1")).select_from(Order).where(condition).limit(MOST_COUNTED + 1).subquery()
    # They are found first and then sorted: else the planner may walk all orders from the oldest on.
    found = select(_C.id, _C.created_at).where(condition).offset(literal_column("0")).subquery()
    oldest = select(found.c.id).order_by(found.c.created_at, found.c.id).limit(bindparam("first"))
    return select(
        literal_column(str(place)).label("place"),
        select(func.count()).select_from(counted).scalar_subquery().label("n"),
        func.array(oldest.scalar_subquery(), type_=ARRAY(Uuid())).label("first"),
    )


_CONFIRMED = (
    select(_C.id, _C.created_at, _C.confirmed_at)
    .where(_C.confirmed_at >= bindparam("since"))
    .order_by(_C.confirmed_at.desc())
    .limit(MOST_CONFIRMED)
)


async def confirmations(
    connection: AsyncConnection, now: datetime, days: int, calendar: Calendar, first: int
) -> Confirmations:
    """The confirmations of the last days, at most the last `MOST_CONFIRMED`."""
    since = now - timedelta(days=days)
    rows = (await connection.execute(_CONFIRMED, {"since": since})).all()
    took = [(row.id, working_time(calendar, row.created_at, row.confirmed_at)) for row in rows]
    late = sorted((one for one in took if one[1] > CONFIRM_WITHIN), key=lambda one: one[1], reverse=True)
    return Confirmations(
        since=since,
        orders=len(took),
        median=timedelta(seconds=median(time.total_seconds() for _, time in took)) if took else None,
        within_target=len(took) - len(late),
        late=late[:first],
    )
