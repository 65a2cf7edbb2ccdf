"""Requests come and go with the orders that wait: made when one lacks goods, closed when nobody waits any more."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id

from .models import ACQUISITIONS, IS_OPEN, ProcurementRequest, RequestState, request_number
from .needs import needs_of

DUE_AFTER = timedelta(days=1)
"""An urgent request is to be answered by then: the customer is told within a day (the operator's guide)."""

NOTHING_MISSING = "nothing of it is missing any more"


async def ask_for(
    session: AsyncSession, actor: Actor, warehouse_id: UUID, lacking: Mapping[UUID, Decimal]
) -> dict[UUID, str]:
    """Makes an urgent request for each variant that an order lacks (`lacking`: what it wants of it and is not written
    yet among what waits), unless one is open already, or what is on its way covers this order too. Returns the numbers
    of the requests that are live.

    The order's row is locked, and stock levels that are to be locked are.
    """
    if not lacking:
        return {}
    live = await _live(session, warehouse_id, lacking)
    coming = [variant for variant in lacking if variant in live and RequestState.OPEN not in live[variant]]
    needs = await needs_of(session, warehouse_id, coming) if coming else {}
    wanted = [
        variant
        for variant, quantity in lacking.items()
        if variant not in live or (variant in needs and needs[variant].short_of(quantity))
    ]
    made = await open_requests(session, actor, warehouse_id, wanted)
    if len(made) < len(wanted):
        # Another order lacked the same in this moment, and its request is there now.
        live |= await _live(session, warehouse_id, wanted)
    known = {variant: found.get(RequestState.OPEN) or found[RequestState.ORDERED] for variant, found in live.items()}
    return {**known, **made}


async def _live(
    session: AsyncSession, warehouse_id: UUID, variants: Iterable[UUID]
) -> dict[UUID, dict[RequestState, str]]:
    """The numbers of the requests that are open or on their way."""
    rows = await session.execute(
        select(ProcurementRequest.variant_id, ProcurementRequest.state, ProcurementRequest.number).where(
            ProcurementRequest.warehouse_id == warehouse_id,
            ProcurementRequest.variant_id.in_(list(variants)),
            ProcurementRequest.state.in_((RequestState.OPEN, RequestState.ORDERED)),
        )
    )
    found: dict[UUID, dict[RequestState, str]] = {}
    for variant_id, state, number in rows:
        found.setdefault(variant_id, {})[state] = request_number(number)
    return found


async def open_requests(
    session: AsyncSession, actor: Actor, warehouse_id: UUID, variants: Iterable[UUID]
) -> dict[UUID, str]:
    """Makes an open request per variant, where there is none; returns the numbers of those that were made."""
    now = utc_now()
    rows = [
        {
            "id": new_id(),
            "warehouse_id": warehouse_id,
            "variant_id": variant,
            "state": RequestState.OPEN,
            "urgent": True,
            "assignee": ACQUISITIONS,
            "due_at": now + DUE_AFTER,
            "created_at": now,
            "actor": actor.label,
        }
        for variant in sorted(variants)
    ]
    if not rows:
        return {}
    made = await session.execute(
        insert(ProcurementRequest)
        .values(rows)
        .on_conflict_do_nothing(
            index_elements=["warehouse_id", "variant_id"],
            index_where=IS_OPEN,
        )
        .returning(ProcurementRequest.variant_id, ProcurementRequest.number)
    )
    return {variant: request_number(number) for variant, number in made}


async def close_unwanted(session: AsyncSession, warehouse_id: UUID, variants: Iterable[UUID]) -> None:
    """Closes open requests for which no order waits any more. What was ordered stays so: the goods will come.

    The orders that left are written. Of two that leave at once each may see the other wait; the hourly look
    (`tidy_requests`) closes what both left open.
    """
    variants = list(variants)
    if not variants:
        return
    await session.flush()
    needs = await needs_of(session, warehouse_id, variants)
    await close(session, warehouse_id, [variant for variant in variants if needs[variant].wanted == 0])


async def close(session: AsyncSession, warehouse_id: UUID, variants: Iterable[UUID]) -> None:
    await session.execute(
        update(ProcurementRequest)
        .where(
            ProcurementRequest.warehouse_id == warehouse_id,
            ProcurementRequest.variant_id.in_(list(variants)),
            ProcurementRequest.state == RequestState.OPEN,
        )
        .values(
            state=RequestState.CANCELLED,
            reason=NOTHING_MISSING,
            closed_at=utc_now(),
            version=ProcurementRequest.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
