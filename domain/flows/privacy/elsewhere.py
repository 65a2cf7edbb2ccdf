"""What people wrote and programs noted that hangs on no order of the person's."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Text, any_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from domain.bulk.models import BulkItem, BulkRun
from domain.channels.models import SyncRun
from domain.diary.models import DiaryEntry
from domain.intake.models import InboxItem
from domain.kernel.outbox import DeadLetter
from domain.privacy.scrub import Words, digits, scrubbed
from domain.procurement.models import ProcurementRequest
from domain.stock.models import ReceiptNote, ReceiptNoteLine, StockMove
from domain.views.models import OrderView

_NOTED: Mapping[Any, tuple[str, ...]] = {
    DiaryEntry: ("cause", "message", "remedy"),
    DeadLetter: ("error",),
    InboxItem: ("reason",),
    SyncRun: ("error",),
    OrderView: ("filter",),
}
"""What programs note is found by e-mails and telephone numbers as they are spelled: others have the same names, and
what waits for a cause must go on to find it."""
_WRITTEN: Mapping[Any, tuple[str, ...]] = {
    BulkRun: ("reason", "note"),
    BulkItem: ("refusal",),
    StockMove: ("reason",),
    ReceiptNote: ("supplier", "reference", "reason"),
    ReceiptNoteLine: ("batch", "note"),
    ProcurementRequest: ("supplier", "reason"),
}
"""What people write is found by whole names too, and by telephone numbers however they are spaced."""
_SHORTEST_NUMBER = 9


async def erase_elsewhere(session: AsyncSession, words: Words) -> None:
    """Takes the person out of it."""
    spelled = [f"%{_like(one)}%" for one in sorted(words.emails | words.phones)]
    named = [f"%{_like(one)}%" for one in sorted(words.names)]
    ends = {digits(phone)[-_SHORTEST_NUMBER:] for phone in words.phones}
    numbers = [f"%{end}%" for end in sorted(ends) if len(end) == _SHORTEST_NUMBER]
    for model, columns in _NOTED.items():
        await _erase(session, words, model, columns, spelled, [])
    for model, columns in _WRITTEN.items():
        await _erase(session, words, model, columns, spelled + named, numbers)


async def _erase(
    session: AsyncSession, words: Words, model: Any, columns: tuple[str, ...], texts: list[str], numbers: list[str]
) -> None:
    found = [one for name in columns for one in _says(getattr(model, name), texts, numbers)]
    if found:
        for row in await session.scalars(select(model).where(or_(*found)).with_for_update()):
            for name in columns:
                setattr(row, name, scrubbed(getattr(row, name), words))


def _says(column: Any, texts: list[str], numbers: list[str]) -> Iterator[ColumnElement[bool]]:
    said = cast(column, Text)
    if texts:
        yield said.ilike(any_(literal(texts, ARRAY(Text()))))
    if numbers:
        yield func.regexp_replace(said, r"\D", "", "g").like(any_(literal(numbers, ARRAY(Text()))))


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
