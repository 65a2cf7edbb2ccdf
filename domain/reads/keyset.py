"""Pages by keyset: a page begins after the last row of the one before, so that page 1,000 costs what page 1 does and
rows that come in meanwhile shift nothing (architecture §7).
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.sql.elements import SQLCoreOperations

from domain.kernel.money import MAX_AMOUNT
from domain.kernel.refusals import Invalid, invalid

from .rows import Rows

MAX_PAGE = 200
_MAX_BIGINT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Sort:
    """What a list is sorted by; `read` makes the column's value of the cursor's text. The id breaks ties."""

    name: str
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A page that is asked for: `size` rows after (or, `backward`, before) the place (value, id).

    Without a place: from the start, or backward from the end.
    """

    size: int
    backward: bool = False
    place: tuple[Any, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of the list, and whether there is more beyond the end where the reading stopped."""

    rows: Rows
    more: bool


def moment(text: str) -> datetime:
    """An aware time."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    # Drivers count in UTC, which near year 1 and 9999 has no such moment.
    return value.astimezone(UTC)


def whole(text: str) -> int:
    """A number that fits the column."""
    value = int(text)
    if abs(value) > _MAX_BIGINT:
        raise ValueError(text)
    return value


def day(text: str) -> date:
    """A calendar day."""
    return date.fromisoformat(text)


def amount(text: str) -> Decimal:
    """An amount that fits the column."""
    value = Decimal(text)
    if not value.is_finite() or abs(value) > MAX_AMOUNT:
        raise ValueError(text)
    return value


def window(sort: Sort, *, first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """The page that Relay's four arguments ask for; where `last` is given, `first` is not looked at.

    Raises `Invalid` naming the argument: a size outside 1 to 200, a cursor that is none or of another sort, or a
    cursor for the other direction.
    """
    backward = last is not None
    name, size = ("last", last) if backward else ("first", first)
    if size is None or not 1 <= size <= MAX_PAGE:
        raise invalid((name,), "OUT_OF_RANGE", f"{name} is {size}: ask for 1 to {MAX_PAGE} at a time.")
    if (after if backward else before) is not None:
        other = "after" if backward else "before"
        raise invalid((other,), "NOT_TOGETHER", "Use first with after, or last with before.")
    given = before if backward else after
    place = None if given is None else _decode(given, sort, "before" if backward else "after")
    return Window(size, backward, place)


def beyond(
    column: SQLCoreOperations[Any], row_id: SQLCoreOperations[Any], value: Any, place_id: Any, *, ascending: bool
) -> ColumnElement[bool]:
    """The rows that come after (value, id) when read in this direction."""
    here, there = tuple_(column, row_id), tuple_(value, place_id)
    return here > there if ascending else here < there


def page_of(rows: Rows, wanted: Window) -> Page:
    """The page made of what was read in the direction of the window, one row more than asked for."""
    kept = rows[: wanted.size]
    return Page(rows=kept[::-1] if wanted.backward else kept, more=len(rows) > wanted.size)


def encode(sort: Sort, value: date | Decimal | int | str, row_id: UUID) -> str:
    """The cursor of a row: opaque to callers."""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return base64.urlsafe_b64encode(json.dumps([sort.name, text, str(row_id)]).encode()).decode()


def _decode(cursor: str, sort: Sort, argument: str) -> tuple[Any, UUID]:
    try:
        made_for, text, row_id = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if made_for != sort.name:
            raise _bad(argument, "is a cursor of another sort")
        return sort.read(text), UUID(row_id)
    except (ValueError, TypeError, AttributeError, InvalidOperation, OverflowError) as error:
        raise _bad(argument, "is no cursor of this list") from error


def _bad(argument: str, what: str) -> Invalid:
    return invalid((argument,), "BAD_CURSOR", f"{argument} {what}. Take it from an edge or from pageInfo of this list.")
