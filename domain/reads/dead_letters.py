"""Work that was given up, newest first, by keyset: the id is that of the piece of work, and grows."""

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kernel.outbox import DeadLetter
from domain.kernel.refusals import invalid

from .keyset import MAX_PAGE
from .rows import Rows

_D = DeadLetter.__table__.c
_NEWEST = (
    select(_D.id, _D.consumer, _D.aggregate, _D.correlation_id, _D.created_at, _D.died_at, _D.attempts, _D.error)
    .order_by(_D.id.desc())
    .limit(bindparam("size"))
)
_OLDER = _NEWEST.where(_D.id < bindparam("before"))
_DIGITS = 18


class DeadLetterPage(NamedTuple):
    rows: Rows
    more: bool


async def dead_letter_page(connection: AsyncConnection, first: int, before: int | None) -> DeadLetterPage:
    """At most `first` letters, those that are older than the letter `before` if it is given. Raises `Invalid`."""
    if not 1 <= first <= MAX_PAGE:
        raise invalid(("first",), "OUT_OF_RANGE", f"A page has 1 to {MAX_PAGE} entries.")
    statement, parameters = _NEWEST, {"size": first + 1}
    if before is not None:
        statement, parameters = _OLDER, {"size": first + 1, "before": before}
    rows = (await connection.execute(statement, parameters)).all()
    return DeadLetterPage(rows[:first], len(rows) > first)


def letter_id(text: str) -> int | None:
    """The id that the text spells, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
