"""Reading runs and their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.kernel.refusals import NotFound

from .models import BulkAction, BulkItem, BulkRun, ItemState, RunState

AnyRow: TypeAlias = Row[Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items are in which state."""

    counts: dict[ItemState, int]

    def of(self, *states: ItemState) -> int:
        return sum(self.counts.get(state, 0) for state in states)


_RUN = select(BulkRun.__table__).where(BulkRun.id == bindparam("id"))
_PROGRESS = (
    select(BulkItem.state, func.count().label("many"))
    .where(BulkItem.run_id == bindparam("id"))
    .group_by(BulkItem.state)
)
_ITEMS = (
    select(BulkItem.__table__)
    .where(BulkItem.run_id == bindparam("id"), BulkItem.place > bindparam("after"))
    .order_by(BulkItem.place)
    .limit(bindparam("size"))
)
_REFUSED = _ITEMS.where(BulkItem.state == ItemState.REFUSED)
_MADE = (
    select(BulkItem.made)
    .where(BulkItem.run_id == bindparam("id"), BulkItem.state == ItemState.DONE)
    .order_by(BulkItem.place)
)


async def run_row(connection: AsyncConnection | AsyncSession, run_id: UUID) -> AnyRow:
    """The run with all its columns. Raises `NotFound`."""
    row = (await connection.execute(_RUN, {"id": run_id})).first()
    if row is None:
        raise NotFound("bulk run", run_id, path=("id",))
    return row


async def progress(connection: AsyncConnection, run_id: UUID) -> Progress:
    return Progress({row.state: row.many for row in await connection.execute(_PROGRESS, {"id": run_id})})


async def items(
    connection: AsyncConnection, run_id: UUID, *, after: int, size: int, refused: bool = False
) -> Sequence[AnyRow]:
    """The items after a place, in their order; only those that were refused, if so asked."""
    values = {"id": run_id, "after": after, "size": size}
    return (await connection.execute(_REFUSED if refused else _ITEMS, values)).all()


async def shipments_to_print(connection: AsyncConnection, run_id: UUID) -> list[UUID] | None:
    """The shipments whose labels a run found, in the order of the run; None while it runs. Raises `NotFound`."""
    run = await run_row(connection, run_id)
    if run.action is not BulkAction.PRINT_LABELS:
        raise NotFound("print run", run_id, path=("id",))
    if run.state is RunState.RUNNING:
        return None
    rows = await connection.execute(_MADE, {"id": run_id})
    return [UUID(one) for row in rows for one in (row.made or {}).get("shipments", ())]
