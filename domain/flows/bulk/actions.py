"""What each action does to one order: the same use cases as one order's own, and what came of it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bulk.models import BulkAction, BulkItem, BulkRun
from domain.kernel.actor import Actor
from domain.kernel.database import Json
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import NotFound, invalid
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update
from domain.orders.status import Status
from domain.shipping.models import ShipmentLabel
from domain.shipping.queries import live_shipments

from ..approval.decide import Decide, approve_order
from ..move import MoveOrder, move_order
from ..note import AskDeliveryNote, ask_delivery_note
from ..resume import resume_order

Act = Callable[[AsyncSession, Actor, BulkRun, BulkItem, UUID], Awaitable[Json | None]]


async def _move(
    session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem, order_id: UUID, to: Status | None = None
) -> None:
    target = run.to if to is None else to
    assert target is not None  # a run that moves has a target
    await move_order(
        session,
        actor,
        MoveOrder(order_id=order_id, to=target, expected_version=item.expected_version, reason=run.reason),
    )


async def _resume(session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem, order_id: UUID) -> None:
    await resume_order(session, actor, order_id, expected_version=item.expected_version, reason=run.reason)


async def _approve(session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem, order_id: UUID) -> None:
    if item.expected_version is None:
        raise invalid(("expectedVersion",), "MISSING", "Approving needs the version that you read. Name it.")
    command = Decide(order_id=order_id, expected_version=item.expected_version, words=run.reason)
    await approve_order(session, actor, command)


async def _delivery_note(session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem, order_id: UUID) -> Json:
    if item.expected_version is not None:
        check_version(await order_for_update(session, order_id), item.expected_version)
    note = await ask_delivery_note(session, actor, AskDeliveryNote(order_id=order_id))
    return {"delivery_note": str(note.id)}


async def _labels(session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem, order_id: UUID) -> Json:
    """The labels of the order's live AWBs; those that are not here yet are asked for by the run that is refused."""
    if await session.get(Order, order_id) is None:
        raise NotFound("order", order_id, path=("id",))
    shipments = [one for one in await live_shipments(session, order_id) if one.awb is not None]
    if not shipments:
        raise invalid(("id",), "NO_AWB", "This order has no live AWB, so no label.")
    there = set(
        await session.scalars(
            select(ShipmentLabel.shipment_id).where(ShipmentLabel.shipment_id.in_([one.id for one in shipments]))
        )
    )
    missing = [one for one in shipments if one.id not in there]
    if missing:
        numbers = ", ".join(one.awb or "" for one in missing)
        raise invalid(
            ("id",),
            "LABEL_PENDING",
            f"The label of AWB {numbers} is not here yet. It is being asked for: print again in a moment. A courier "
            "that gives no labels never has it.",
        )
    return {"shipments": [str(one.id) for one in shipments]}


async def ask_for_labels(session: AsyncSession, order_id: UUID) -> None:
    """Has workers fetch the labels of an order's live AWBs; a wish that waits already is enough."""
    for shipment in await live_shipments(session, order_id):
        if shipment.awb is not None:
            payload = {"shipment_id": str(shipment.id)}
            await enqueue(session, "fetch_label", f"shipment:{shipment.id}", payload, coalesce=True)


ACTIONS: Mapping[BulkAction, Act] = {
    BulkAction.CONFIRM: partial(_move, to=Status.CONFIRMED),
    BulkAction.HOLD: partial(_move, to=Status.ON_HOLD),
    BulkAction.CANCEL: partial(_move, to=Status.CANCELLED),
    BulkAction.MOVE: _move,
    BulkAction.RESUME: _resume,
    BulkAction.APPROVE: _approve,
    BulkAction.CREATE_DELIVERY_NOTE: _delivery_note,
    BulkAction.PRINT_LABELS: _labels,
}
