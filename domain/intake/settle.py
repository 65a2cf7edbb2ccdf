"""What came of an arrived item, written on the item, its causes and the diary. Each item ends in exactly one state.

Duplicates, superseded items and drafts are outcomes, never errors (spec SYN-2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, insert, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import DateTime

from domain.diary.entries import Note, open_standing, write_item_notes
from domain.diary.models import DiaryState
from domain.kernel.clock import utc_now

from .canonical import clean_text
from .causes import Cause
from .models import InboxCause, InboxState
from .redundant import redundant_items

_TEXTS = ("states", "reasons", "external_ids", "versions")
_UUIDS = ("items", "orders")

_SETTLE = text("""
    WITH outcome AS (
        SELECT * FROM unnest(:items, :states, :reasons, :external_ids, :versions, :orders)
            AS outcome(item_id, state, reason, external_id, version, order_id)
    ), forgotten AS (
        DELETE FROM inbox_causes USING outcome WHERE inbox_causes.item_id = outcome.item_id
    ), resolved AS (
        UPDATE diary SET state = 'RESOLVED', resolved_at = :now, order_id = coalesce(outcome.order_id, diary.order_id)
        FROM outcome WHERE diary.item_id = outcome.item_id AND diary.state IN ('OPEN', 'WAITING')
    )
    UPDATE inbox
    SET state = outcome.state, reason = outcome.reason, order_id = outcome.order_id,
        external_id = coalesce(outcome.external_id, inbox.external_id),
        version = coalesce(outcome.version, inbox.version), attempts = inbox.attempts + 1,
        settled_at = CASE WHEN outcome.state = 'waiting' THEN NULL ELSE CAST(:now AS timestamptz) END
    FROM outcome WHERE inbox.id = outcome.item_id
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    *(bindparam(name, type_=ARRAY(Text())) for name in _TEXTS),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in _UUIDS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The outcome of an item. `causes` belong to WAITING; `reason` says why it was ignored, refused or superseded.

    `urgent` opens the diary entry of an ignored item for a person: an error came in the place of an order.
    """

    item_id: UUID
    channel_id: UUID | None
    state: InboxState
    reason: str | None = None
    causes: Sequence[Cause] = ()
    external_id: str | None = None
    version: str | None = None
    order_id: UUID | None = None
    urgent: bool = False


def ignored(
    item_id: UUID, channel_id: UUID | None, reason: str, *, external_id: str | None = None, urgent: bool = False
) -> Settled:
    """Rightly nothing to import."""
    return Settled(
        item_id=item_id,
        channel_id=channel_id,
        state=InboxState.IGNORED,
        reason=reason,
        external_id=external_id,
        urgent=urgent,
    )


def refused(item_id: UUID, channel_id: UUID | None, reason: str, *, external_id: str | None = None) -> Settled:
    """What cannot be read or kept; a person sees it in the diary and may replay it."""
    return Settled(
        item_id=item_id, channel_id=channel_id, state=InboxState.REFUSED, reason=reason, external_id=external_id
    )


async def settle(session: AsyncSession, outcomes: Sequence[Settled]) -> None:
    """Writes the outcomes. What an item waited for earlier and no longer waits for is resolved in the diary."""
    if not outcomes:
        return
    await session.execute(
        _SETTLE,
        {
            "now": utc_now(),
            "items": [outcome.item_id for outcome in outcomes],
            "states": [outcome.state.value for outcome in outcomes],
            "reasons": [_clean(outcome.reason) for outcome in outcomes],
            "external_ids": [_clean(outcome.external_id) for outcome in outcomes],
            "versions": [_clean(outcome.version) for outcome in outcomes],
            "orders": [outcome.order_id for outcome in outcomes],
        },
    )
    causes = [
        {"item_id": outcome.item_id, "cause": cause.key, "channel_id": outcome.channel_id}
        for outcome in outcomes
        for cause in outcome.causes
    ]
    if causes:
        await session.execute(insert(InboxCause), causes)
    await write_item_notes(session, [note for outcome in outcomes for note in _notes(outcome)])
    for outcome in outcomes:
        if outcome.urgent and outcome.channel_id is not None:
            await open_standing(session, _urgent(outcome))
    waiting = [outcome.item_id for outcome in outcomes if outcome.state is InboxState.WAITING]
    if waiting:
        await settle(session, [_redundant(row) for row in await redundant_items(session, waiting)])


def _redundant(row: Row[Any]) -> Settled:
    return Settled(
        item_id=row.id,
        channel_id=row.channel_id,
        state=InboxState.SUPERSEDED if row.older else InboxState.DUPLICATE,
        reason="a newer state of this order waits" if row.older else "the same state of this order waits already",
        external_id=row.external_id,
    )


def _notes(outcome: Settled) -> list[Note]:
    if outcome.channel_id is None:
        return []
    if outcome.state is InboxState.WAITING:
        return [_note(outcome, cause, DiaryState.WAITING) for cause in outcome.causes]
    if outcome.state is InboxState.REFUSED:
        return [_note(outcome, Cause("payload", outcome.reason or "", _REMEDY_REFUSED), DiaryState.OPEN)]
    if outcome.state in (InboxState.IGNORED, InboxState.SUPERSEDED) and not outcome.urgent:
        return [_note(outcome, Cause(outcome.state.value, outcome.reason or "", ""), DiaryState.IGNORED)]
    return []


def _urgent(outcome: Settled) -> Note:
    """One standing entry for all of them: a store that lost an order tells of it again and again."""
    note = _note(outcome, Cause("payload", outcome.reason or "", _REMEDY_URGENT), DiaryState.OPEN)
    return replace(note, item_id=None)


def _note(outcome: Settled, cause: Cause, state: DiaryState) -> Note:
    assert outcome.channel_id is not None
    return Note(
        channel_id=outcome.channel_id,
        cause=cause.key,
        message=clean_text(cause.message),
        remedy=cause.remedy or None,
        state=state,
        external_id=_clean(outcome.external_id),
        order_id=outcome.order_id,
        item_id=outcome.item_id,
    )


def _clean(value: str | None) -> str | None:
    return None if value is None else clean_text(value)


_REMEDY_REFUSED = "Look at the payload; when the store or the connector is mended, replay this entry."
_REMEDY_URGENT = "Look at the store: it sent this in the place of an order. Later versions of the order come by poll."
