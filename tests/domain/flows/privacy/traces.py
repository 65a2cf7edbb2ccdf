"""Traces that a person leaves in every table where somebody may write about them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import ApprovalState, Asked, OrderApproval, OrderApprovalStep
from domain.bulk.models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from domain.channels.models import Channel, SyncRun
from domain.customers.models import Customer
from domain.kernel.attempts import begin_attempt
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.models import Order
from domain.orders.status import Status
from domain.procurement.models import ProcurementRequest, RequestState
from domain.shipping.models import Shipment, ShipmentLabel, TrackingEvent
from domain.stock.models import ReceiptNote, ReceiptNoteLine, ReceiptState, StockMove
from tests.support.builders import make_variant
from tests.support.shipping import make_account, make_confirmed_order, make_packed, make_shipment


async def leave_traces(session: AsyncSession, channel: Channel, person: Customer) -> None:
    """An order that was approved, packed and sent, and what was written about the person in passing: with their name,
    their number however it is spaced, and their e-mail."""
    name, email = person.name, person.email
    address = {"name": name, "email": email, "phone": person.phone, "street": "Strada Canarilor 7", "country": "RO"}
    cup = await make_variant(session, "CUP-9", stock=9)
    order = await make_confirmed_order(
        session, channel=channel, customer=person, lines=[(cup, 1)], billing=address, shipping=address
    )
    await _approve(session, order, name)
    await _send(session, order, f"for {name}")
    now, family = utc_now(), name.split()[-1]
    await session.execute(update(Order).where(Order.id == order.id).values(status=Status.DELIVERED))
    await _bulk(session, order.id, f"{family} called", f"{family} has paid nothing")
    await _bulk(session, None, f"asked by {email}", f"no order of {name}")
    [move, *_] = await session.scalars(select(StockMove))
    move.reason = f"sent back by {name}"
    where: dict[str, Any] = {"warehouse_id": move.warehouse_id}
    note = ReceiptNote(
        **where, state=ReceiptState.DRAFT, supplier=name, reason="from 0799-123.456", created_at=now, created_by="ana"
    )
    session.add(note)
    await session.flush()
    session.add(ReceiptNoteLine(receipt_note_id=note.id, position=1, variant_id=cup.id, quantity=1, note=f"{name}'s"))
    session.add(
        ProcurementRequest(
            **where,
            variant_id=cup.id,
            state=RequestState.CANCELLED,
            assignee="buyers",
            due_at=now,
            reason=f"{name} waits no longer (+40 799 12 34 56)",
            created_at=now,
            actor="ana",
        )
    )
    session.add(SyncRun(channel_id=channel.id, kind="orders", requested_at=now, error=f"cannot read {email}"))
    await session.flush()


async def _approve(session: AsyncSession, order: Order, name: str) -> None:
    approval = OrderApproval(
        order_id=order.id,
        number=1,
        asked=next(iter(Asked)),
        asked_at=utc_now(),
        rules=[{"name": "dear", "reasons": [f"{name} buys much"]}],
        four_eyes=False,
        state=ApprovalState.APPROVED,
        step=1,
    )
    session.add(approval)
    await session.flush()
    session.add(OrderApprovalStep(approval_id=approval.id, number=1, role="boss", approved=True, note=f"I know {name}"))


async def _send(session: AsyncSession, order: Order, about: str) -> None:
    shipment: Shipment = await make_shipment(session, await make_packed(session, order), await make_account(session))
    shipment.note = shipment.attention = about
    shipment.refused = [{"message": about}]
    session.add(
        ShipmentLabel(
            shipment_id=shipment.id,
            format="A6",
            media_type="application/pdf",
            content=about.encode(),
            fetched_at=utc_now(),
        )
    )
    session.add(TrackingEvent(shipment_id=shipment.id, at=utc_now(), code="1", text=about, location="Cluj"))
    attempt = begin_attempt(
        session, key=str(new_id()), kind="awb", subject_id=shipment.id, owner="w", lease=timedelta(minutes=1)
    )
    attempt.outcome = {"message": about}


async def _bulk(session: AsyncSession, order_id: UUID | None, reason: str, refusal: str) -> None:
    run = BulkRun(
        action=BulkAction.CANCEL,
        reason=reason,
        actor={},
        state=RunState.DONE,
        total=1,
        background=False,
        started_at=utc_now(),
        note=reason,
    )
    session.add(run)
    await session.flush()
    session.add(
        BulkItem(
            run_id=run.id,
            place=1,
            given=str(order_id),
            order_id=order_id,
            state=ItemState.REFUSED,
            refusal={"code": "CLOSED", "message": refusal},
        )
    )
