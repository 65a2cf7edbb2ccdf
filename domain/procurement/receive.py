"""Goods came in: the requests that asked for them end (spec STK-3)."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.clock import utc_now

from .models import ProcurementRequest, RequestState
from .needs import needs_of


async def goods_came(session: AsyncSession, warehouse_id: UUID, quantities: Mapping[UUID, Decimal]) -> None:
    """Books what came in on what was ordered, the oldest order first, and ends requests that have all they asked for.

    An open request ends when what is free covers all that wait. The levels are written, and locked by the caller.
    """
    requests = await session.scalars(
        select(ProcurementRequest)
        .where(
            ProcurementRequest.warehouse_id == warehouse_id,
            ProcurementRequest.variant_id.in_(quantities),
            ProcurementRequest.state.in_((RequestState.OPEN, RequestState.ORDERED)),
        )
        .order_by(ProcurementRequest.ordered_at.nulls_last(), ProcurementRequest.number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    live = list(requests)
    if not live:
        return
    left = dict(quantities)
    needs = await needs_of(session, warehouse_id, {request.variant_id for request in live})
    for request in live:
        if request.ordered_quantity is not None:
            part = min(left[request.variant_id], request.ordered_quantity - request.received_quantity)
            left[request.variant_id] -= part
            request.received_quantity += part
            done = request.received_quantity >= request.ordered_quantity
        else:
            done = needs[request.variant_id].wanted <= needs[request.variant_id].free
        if done:
            request.state, request.closed_at = RequestState.RECEIVED, utc_now()
        request.version += 1
    await session.flush()
