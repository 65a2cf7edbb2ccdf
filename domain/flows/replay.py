"""Putting waiting items back to work (spec SYN-3): singly, by cause, or all. Failed pushes are tried again likewise."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.models import DiaryEntry, DiaryState
from domain.intake.release import purged_items, release_all, release_cause, release_items
from domain.kernel.actor import Actor
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.push.outcomes import FAILED
from domain.push.wanted import PUSH_STATUS

_PURGED = (
    "What arrived was thrown away, by its age or with a person's data, so that it cannot be replayed. Let the store "
    "send it again (a change of the order there does), or resolve the entry."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Exactly one of the three: entries of the diary, a cause such as `sku:ABC-1`, or everything that waits."""

    ids: Sequence[UUID] = ()
    cause: str | None = None
    everything: bool = False


async def replay(session: AsyncSession, actor: Actor, command: Replay) -> int:
    """Asks for the waiting items to be imported again, each once; returns how many there were.

    What is not mended yet comes back to wait. Refused items are replayed only by their entries, pushes that failed by
    their entries or their cause. Raises `Invalid` when not exactly one of the three is given, `NotFound` for an entry
    that is not there. An entry whose item lost its body (spec SEC-4) is `Invalid` with PURGED: there is nothing left to
    import.
    """
    if sum((bool(command.ids), command.cause is not None, command.everything)) != 1:
        raise invalid(("ids",), "ONE_OF", "Give the ids of diary entries, or a cause, or all: exactly one of them.")
    if command.everything:
        return await release_all(session)
    if command.cause is not None:
        failed = select(DiaryEntry.order_id).where(DiaryEntry.cause == command.cause)
        return await release_cause(session, command.cause) + await _push_again(session, failed)
    items = await _items(session, command.ids)
    failed = select(DiaryEntry.order_id).where(DiaryEntry.id.in_(command.ids))
    return await release_items(session, items) + await _push_again(session, failed)


async def _items(session: AsyncSession, entry_ids: Sequence[UUID]) -> list[UUID]:
    rows = await session.execute(select(DiaryEntry.id, DiaryEntry.item_id).where(DiaryEntry.id.in_(entry_ids)))
    items = {row.id: row.item_id for row in rows}
    missing = next((entry_id for entry_id in entry_ids if entry_id not in items), None)
    if missing is not None:
        raise NotFound("diary entry", missing, path=("ids",))
    found = [item_id for item_id in items.values() if item_id is not None]
    gone = await purged_items(session, found)
    if gone:
        raise Invalid(
            Problem(("ids", str(place)), "PURGED", _PURGED)
            for place, entry_id in enumerate(entry_ids)
            if items[entry_id] in gone
        )
    return found


async def _push_again(session: AsyncSession, entries: Select[UUID | None]) -> int:
    """The entries stay open until the push went well."""
    wanted = entries.where(DiaryEntry.cause == FAILED, DiaryEntry.state == DiaryState.OPEN)
    orders = [order_id for order_id in await session.scalars(wanted.order_by(DiaryEntry.id)) if order_id is not None]
    for order_id in orders:
        await enqueue(session, PUSH_STATUS, f"order:{order_id}", {"order_id": str(order_id)}, coalesce=True)
    return len(orders)
