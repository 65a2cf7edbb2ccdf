"""The hourly look at the requests: what two transactions could not see of each other is put right here.

An open request is closed when nobody waits for it, or all is there or on its way. A variant that orders wait for, that
is neither there nor on its way, and that nobody is asked for, is asked for again: the stock that had come for it may
have gone to another order. What a person declined to buy is left alone.
"""

from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import SYSTEM

from .ask import NOTHING_MISSING, close, open_requests
from .models import ProcurementRequest, RequestState
from .needs import needs_of, waiting

AnySelect: TypeAlias = Select[*tuple[Any, ...]]


async def tidy_requests(session: AsyncSession) -> None:
    """Closes and makes requests as the orders that wait need it. May run at any time, and by several at once."""
    lines = waiting().subquery()
    wanted = set(await _pairs(session, select(lines.c.warehouse_id, lines.c.variant_id).distinct()))
    open_now = await _pairs(
        session,
        select(ProcurementRequest.warehouse_id, ProcurementRequest.variant_id).where(
            ProcurementRequest.state == RequestState.OPEN
        ),
    )
    for warehouse_id, variants in sorted(_by_warehouse(open_now).items()):
        needs = await needs_of(session, warehouse_id, variants)
        await close(session, warehouse_id, [variant for variant, need in needs.items() if need.to_order == 0])
    declined = set(await _pairs(session, _declined()))
    unasked = [pair for pair in wanted if pair not in set(open_now) and pair not in declined]
    for warehouse_id, variants in sorted(_by_warehouse(unasked).items()):
        needs = await needs_of(session, warehouse_id, variants)
        short = [variant for variant, need in needs.items() if need.to_order > 0]
        await open_requests(session, SYSTEM, warehouse_id, short)


def _declined() -> AnySelect:
    """What the latest request for was ended by a person."""
    latest = (
        select(
            ProcurementRequest.warehouse_id,
            ProcurementRequest.variant_id,
            ProcurementRequest.state,
            ProcurementRequest.reason,
            func.row_number()
            .over(
                partition_by=[ProcurementRequest.warehouse_id, ProcurementRequest.variant_id],
                order_by=ProcurementRequest.number.desc(),
            )
            .label("place"),
        )
    ).subquery()
    return select(latest.c.warehouse_id, latest.c.variant_id).where(
        latest.c.place == 1, latest.c.state == RequestState.CANCELLED, latest.c.reason != NOTHING_MISSING
    )


async def _pairs(session: AsyncSession, statement: AnySelect) -> list[tuple[UUID, UUID]]:
    return [(row[0], row[1]) for row in await session.execute(statement)]


def _by_warehouse(pairs: list[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for warehouse_id, variant_id in sorted(pairs):
        found.setdefault(warehouse_id, []).append(variant_id)
    return found
