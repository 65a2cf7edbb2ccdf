"""The house's books as they are in the database: what is still open, and whether everything adds up."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import selectinload
from sqlalchemy.pool import NullPool

from domain.orders.models import HistoryEntry, Order
from domain.orders.rebuild import rebuild
from domain.reads.audit import ImportAudit, audit_import
from domain.stock.prove import prove_stock

_OPEN = text("""
    select 'outbox', consumer || ' attempts ' || attempts, count(*) from outbox
    where not consumer = any(:but) group by 1, 2
    union all
    select 'inbox', 'received', count(*) from inbox where state = 'received' having count(*) > 0
""")
SCHEDULED = ["ensure_webhooks", "track", "fold_counts", "forget_keys", "forget_changes", "expire_holds"]
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_END = datetime(2100, 1, 1, tzinfo=UTC)


class Books:
    """Questions to a house's database, asked past its processes."""

    def __init__(self, url: str) -> None:
        # A connection for each question: what was open when PostgreSQL died is of no use.
        self._engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    async def close(self) -> None:
        await self._engine.dispose()

    async def open(self, *, scheduled: bool = True) -> list[tuple[str, str, int]]:
        """What is under way: items not looked at, work not done; without what the scheduler asks for over and over,
        unless `scheduled`."""
        but = [] if scheduled else SCHEDULED
        try:
            async with self._engine.connect() as connection:
                return [(row[0], row[1], row[2]) for row in await connection.execute(_OPEN, {"but": but})]
        except (OSError, DBAPIError) as error:
            return [("database", type(error).__name__, 1)]

    async def marks(self) -> set[str]:
        """The marks of all letters that were stored."""
        return {mark for (mark,) in await self.rows("select headers ->> 'x-wc-webhook-delivery-id' from inbox") if mark}

    async def audit(self, channel_id: UUID | None = None) -> ImportAudit:
        async with self._engine.connect() as connection:
            return await audit_import(connection, _BEGINNING, _END, channel_id)

    async def faults(self) -> list[str]:
        """All that does not add up: stock, counts, histories, dead letters, imports."""
        faults = [f"import: {left}" for left in (await self.audit()).leftovers]
        async with AsyncSession(self._engine) as session:
            faults += [f"stock: {fault}" for fault in await prove_stock(session)]
            dead = await session.execute(text("select consumer, aggregate, error from dead_letters"))
            faults += [f"dead letter: {tuple(row)}" for row in dead]
            faults += [f"count: {tuple(row)}" for row in await session.execute(_WRONG_COUNTS)]
            faults += [f"invoice numbers: {tuple(row)}" for row in await session.execute(_GAPS)]
            orders = list(await session.scalars(select(Order).options(selectinload(Order.lines))))
            histories: dict[UUID, list[HistoryEntry]] = {order.id: [] for order in orders}
            for entry in await session.scalars(select(HistoryEntry)):
                histories[entry.order_id].append(entry)
        for order in orders:
            built = rebuild(histories[order.id])
            if (built.status, built.totals.total) != (order.status, order.total) or built.totals != built.summed:
                faults.append(f"history of {order.number}: {built}, but the order has {order.status} {order.total}")
        return faults

    async def value(self, statement: str, **parameters: object) -> Any:
        """One value, for what a test wants to know beyond the API."""
        async with self._engine.connect() as connection:
            return await connection.scalar(text(statement), parameters)

    async def rows(self, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
        async with self._engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(statement), parameters)]


_WRONG_COUNTS = text("""
    with shown as (
        select channel_id, status, sum(count) as count from (
            select channel_id, status, count from status_counts
            union all select channel_id, status, delta from status_count_deltas
        ) as parts group by 1, 2
    ), counted as (select channel_id, status, count(*) as count from orders group by 1, 2)
    select channel_id, status, coalesce(shown.count, 0), coalesce(counted.count, 0)
    from shown full join counted using (channel_id, status)
    where coalesce(shown.count, 0) <> coalesce(counted.count, 0)
""")
_GAPS = text("""
    select prefix, next_number, count(invoices.id), max(number) from invoice_series
    left join invoices on series_id = invoice_series.id group by 1, 2
    having count(invoices.id) <> next_number - 1 or coalesce(max(number), 0) <> next_number - 1
""")
