"""An AWB, from its request to what the courier made of it (spec FUL-3).

The request is a row; a worker calls the courier. The call is journalled before it is made (`domain.kernel.attempts`),
so that an answer that never came leads to asking, and never to a second AWB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.fulfilment.errors import ParcelIncomplete
from domain.fulfilment.models import DeliveryNoteState, PackingState, Parcel
from domain.fulfilment.queries import delivery_note, packing_list
from domain.fulfilment.rules import incomplete
from domain.kernel.actor import Actor, connector_actor
from domain.kernel.attempts import Attempt, AttemptState, begin_attempt
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.ids import new_id
from domain.kernel.money import Money
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import NotFound, Problem, invalid
from domain.orders.errors import IllegalMove
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.payments.queries import paid_amount
from domain.shipping.accounts import account_by_slug
from domain.shipping.models import CourierAccount, Shipment, ShipmentStatus
from domain.shipping.queries import shipment_for_update
from domain.shipping.rules import cash_to_collect

from .cash import cash_due
from .number import keep_awb

MAY_SHIP = (Status.CONFIRMED, Status.READY, Status.SHIPPING)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAwb:
    """`account` is the slug of a courier account. Without `cash_on_delivery` the courier collects what is still due of
    an order that is paid on delivery. `awb` is a number typed in by hand."""

    packing_list_id: UUID
    account: str
    service: str | None = None
    cash_on_delivery: Money | None = None
    note: str | None = None
    awb: str | None = None


async def request_awb(session: AsyncSession, actor: Actor, command: RequestAwb) -> Shipment:
    """Asks for the AWB of an approved packing list. Asked again, the shipment that is there is returned."""
    found = await packing_list(session, command.packing_list_id, path=("packingList",))
    order = await order_for_update(session, found.order_id)
    await session.refresh(found, ["state"])
    if found.state is PackingState.DRAFT:
        raise ParcelIncomplete(incomplete([]))
    if found.state is not PackingState.APPROVED:
        raise invalid(
            ("packingList",), "NOT_APPROVED", f"Packing list {found.number} is not approved; approve it first."
        )
    account = await account_by_slug(session, command.account)
    if not account.enabled:
        raise invalid(("account",), "DISABLED", f"The courier account {account.slug} is switched off.")
    there = await session.scalar(
        select(Shipment).where(Shipment.packing_list_id == found.id, Shipment.status != ShipmentStatus.VOIDED)
    )
    if there is not None:
        if there.courier_account_id != account.id:
            raise invalid(
                ("account",), "HAS_AWB", f"Packing list {found.number} already has an AWB elsewhere; void that first."
            )
        return there
    note = await delivery_note(session, found.delivery_note_id)
    await session.refresh(note, ["state"])
    if note.state is DeliveryNoteState.VOIDED:
        raise invalid(("packingList",), "VOIDED", f"Delivery note {note.number} is void; make a new one.")
    if order.status not in MAY_SHIP:
        raise IllegalMove(
            from_=order.status,
            to=Status.SHIPPING,
            legal_moves=(),
            reason=f"An order in {order.status.label} is not shipped; it is confirmed first.",
        )
    cod = await _cash_on_delivery(session, order, command.cash_on_delivery)
    shipment_id = new_id()
    shipment = Shipment(
        id=shipment_id,
        key=str(shipment_id),
        order_id=order.id,
        packing_list_id=found.id,
        courier_account_id=account.id,
        service=command.service,
        typed_awb=command.awb,
        status=ShipmentStatus.REQUESTED,
        cod_amount=cod,
        cod_currency=None if cod is None else order.currency,
        note=command.note,
        created_at=utc_now(),
    )
    session.add(shipment)
    await session.flush()
    await record(session, order, "awb_requested", actor, {"shipment": str(shipment_id), "account": account.slug})
    await enqueue(session, "awb_create", f"shipment:{shipment_id}", {"shipment_id": str(shipment_id)})
    return shipment


async def _cash_on_delivery(session: AsyncSession, order: Order, asked: Money | None) -> Decimal | None:
    if asked is not None:
        if asked.currency != order.currency:
            raise invalid(
                ("cashOnDelivery", "currency"), "WRONG_CURRENCY", f"The order is in {order.currency}; collect in that."
            )
        due = await cash_due(session, order, await paid_amount(session, order.id))
        if not 0 <= asked.amount <= due:
            raise invalid(
                ("cashOnDelivery", "amount"),
                "OUT_OF_RANGE",
                f"Collect from 0 to {due}: the order's total without what is paid, or collected with another AWB.",
            )
        return asked.amount or None
    others = await session.scalar(
        select(func.coalesce(func.sum(Shipment.cod_amount), 0)).where(
            Shipment.order_id == order.id, Shipment.status != ShipmentStatus.VOIDED
        )
    )
    paid = await paid_amount(session, order.id)
    return cash_to_collect(order.payment_kind, order.total, paid, Decimal(others or 0))


class AwbStep(StrEnum):
    """What a worker is to do: CREATE the AWB; ASK the courier what came of an earlier attempt; WAIT, since another
    worker is at it; NOTHING, since it is settled."""

    CREATE = "create"
    ASK = "ask"
    WAIT = "wait"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwbParcel:
    number: int
    length_cm: Decimal
    width_cm: Decimal
    height_cm: Decimal
    weight_kg: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AwbCall:
    """All that the call needs. `sent_at` is when an earlier attempt may have reached the courier (step ASK)."""

    step: AwbStep
    shipment_id: UUID
    until: datetime | None = None
    attempt_id: UUID | None = None
    sent_at: datetime | None = None
    account_id: UUID | None = None
    key: str = ""
    order_number: str = ""
    service: str | None = None
    recipient: Json | None = None
    customer_email: str | None = None
    parcels: tuple[AwbParcel, ...] = ()
    cash_on_delivery: Money | None = None
    note: str | None = None
    delivery_point: str | None = None
    typed_awb: str | None = None
    contents: str = ""


async def begin_awb(session: AsyncSession, shipment_id: UUID, owner: str, lease: timedelta) -> AwbCall:
    """Takes the making of an AWB on, or says why not. Commit before calling the courier.

    A lease that ran out is taken over with step ASK: the earlier owner may have bought the AWB.
    """
    shipment = await shipment_for_update(session, shipment_id)
    if shipment.status not in (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN):
        return AwbCall(step=AwbStep.NOTHING, shipment_id=shipment_id)
    now = utc_now()
    attempt = await session.scalar(
        select(Attempt)
        .where(Attempt.key == f"awb:{shipment.key}", Attempt.state.in_((AttemptState.TRYING, AttemptState.UNKNOWN)))
        .with_for_update()
    )
    order = await session.get_one(Order, shipment.order_id)
    if order.status is Status.CANCELLED and (attempt is None or attempt.sent_at is None):
        # Nobody was asked yet, and nobody needs to be.
        shipment.status, shipment.final = ShipmentStatus.VOIDED, True
        await session.flush()
        return AwbCall(step=AwbStep.NOTHING, shipment_id=shipment_id)
    if attempt is None:
        attempt = begin_attempt(
            session, key=f"awb:{shipment.key}", kind="awb", subject_id=shipment.id, owner=owner, lease=lease
        )
        step = AwbStep.CREATE
    elif attempt.state is AttemptState.TRYING and attempt.lease_until > now and attempt.owner != owner:
        return AwbCall(step=AwbStep.WAIT, shipment_id=shipment_id, until=attempt.lease_until)
    else:
        step = AwbStep.ASK if attempt.sent_at is not None else AwbStep.CREATE
        attempt.owner, attempt.lease_until, attempt.state = owner, now + lease, AttemptState.TRYING
        if step is AwbStep.ASK:
            shipment.status = ShipmentStatus.UNKNOWN
    await session.flush()
    return await _call(session, order, shipment, attempt, step)


async def _call(session: AsyncSession, order: Order, shipment: Shipment, attempt: Attempt, step: AwbStep) -> AwbCall:
    parcels = await session.scalars(
        select(Parcel).where(Parcel.packing_list_id == shipment.packing_list_id).order_by(Parcel.number)
    )
    return AwbCall(
        step=step,
        shipment_id=shipment.id,
        attempt_id=attempt.id,
        sent_at=attempt.sent_at,
        account_id=shipment.courier_account_id,
        key=shipment.key,
        order_number=str(order.number),
        service=shipment.service,
        recipient=order.shipping or order.billing,
        customer_email=(order.billing or {}).get("email") or (order.shipping or {}).get("email"),
        parcels=tuple(
            AwbParcel(
                number=parcel.number,
                length_cm=parcel.length_cm or Decimal(0),
                width_cm=parcel.width_cm or Decimal(0),
                height_cm=parcel.height_cm or Decimal(0),
                weight_kg=parcel.weight_kg or Decimal(0),
            )
            for parcel in parcels
        ),
        cash_on_delivery=(
            None
            if shipment.cod_amount is None or shipment.cod_currency is None
            else Money(shipment.cod_amount, shipment.cod_currency)
        ),
        note=shipment.note,
        delivery_point=order.delivery_point,
        typed_awb=shipment.typed_awb,
        contents=f"Order {order.number}",
    )


async def about_to_send(session: AsyncSession, attempt_id: UUID, owner: str, lease: timedelta) -> bool:
    """The last look before the request leaves: True, and stamped as sent, if `owner` still holds a live lease."""
    now = utc_now()
    row = await session.execute(
        update(Attempt)
        .where(
            Attempt.id == attempt_id,
            Attempt.owner == owner,
            Attempt.state == AttemptState.TRYING,
            Attempt.lease_until > now,
        )
        .values(sent_at=now, lease_until=now + lease)
        .returning(Attempt.id)
    )
    return row.first() is not None


async def awb_not_sent(session: AsyncSession, attempt_id: UUID, reason: str) -> None:
    """The request did not leave, or was turned away before anybody looked: the next attempt is a first one."""
    await session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.TRYING)
        .values(state=AttemptState.FAILED, finished_at=utc_now(), outcome={"reason": reason})
    )


async def awb_succeeded(
    session: AsyncSession,
    shipment_id: UUID,
    *,
    awb: str | None,
    refs: Json,
    tracking_url: str | None,
    price: Money | None,
) -> Shipment:
    """The courier has the shipment. Told twice it changes nothing; another AWB than the known one is for a person.

    Without `awb` the number comes later: tracking asks for it by our key.
    """
    order, shipment, account = await _locked(session, shipment_id)
    actor = connector_actor(account.connector, account.slug)
    if shipment.status not in (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN):
        if awb is not None and awb != shipment.awb:
            shipment.attention = f"The courier also has AWB {awb} for this parcel. Void it there."
            await record(session, order, "stray_awb", actor, {"awb": awb, "kept": shipment.awb})
            await session.flush()
        return shipment
    shipment.status = ShipmentStatus.CREATED
    shipment.refs, shipment.tracking_url = refs, tracking_url
    if price is not None:
        shipment.price, shipment.price_currency = price.amount, price.currency
    await _finish(session, shipment, AttemptState.DONE, {"awb": awb})
    await session.flush()
    if awb is not None:
        await keep_awb(session, actor, order, shipment, account, awb)
    else:
        await record(session, order, "awb_awaited", actor, {"account": account.slug, "refs": refs})
    return shipment


async def awb_refused(session: AsyncSession, shipment_id: UUID, problems: Sequence[Problem]) -> Shipment:
    """The courier said no: the shipment is void, its reasons are kept, and the packing list may ask anew."""
    order, shipment, account = await _locked(session, shipment_id)
    if shipment.status not in (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN):
        return shipment
    reasons = [{"path": list(p.path), "code": p.code, "message": p.message} for p in problems]
    shipment.status, shipment.final, shipment.refused = ShipmentStatus.VOIDED, True, reasons
    await _finish(session, shipment, AttemptState.REFUSED, {"problems": reasons})
    await session.flush()
    actor = connector_actor(account.connector, account.slug)
    await record(session, order, "awb_refused", actor, {"account": account.slug, "problems": reasons})
    return shipment


async def awb_unknown(
    session: AsyncSession, shipment_id: UUID, message: str, *, needs_person: bool = False
) -> Shipment:
    """No answer came. The shipment waits as UNKNOWN until the courier says, or (`needs_person`) a person does."""
    order, shipment, account = await _locked(session, shipment_id)
    if shipment.status not in (ShipmentStatus.REQUESTED, ShipmentStatus.UNKNOWN):
        return shipment
    first = shipment.status is not ShipmentStatus.UNKNOWN
    shipment.status = ShipmentStatus.UNKNOWN
    if needs_person:
        shipment.attention = f"Nobody knows whether {account.title} made this AWB. Look there, and say what you found."
    await session.execute(
        update(Attempt)
        .where(Attempt.key == f"awb:{shipment.key}", Attempt.state == AttemptState.TRYING)
        .values(state=AttemptState.UNKNOWN, outcome={"reason": message})
    )
    await session.flush()
    if first:
        actor = connector_actor(account.connector, account.slug)
        await record(session, order, "awb_unknown", actor, {"account": account.slug, "message": message})
    return shipment


async def resolve_awb(session: AsyncSession, actor: Actor, shipment_id: UUID, awb: str | None) -> Shipment:
    """A person says what came of an unknown AWB: its number, or None when the courier has none."""
    _, shipment, _ = await _locked(session, shipment_id)
    if shipment.status is not ShipmentStatus.UNKNOWN:
        raise invalid(("id",), "NOT_UNKNOWN", "The outcome of this shipment is known; nothing is to be said.")
    shipment.attention = None
    if awb:
        return await awb_succeeded(session, shipment_id, awb=awb, refs={}, tracking_url=None, price=None)
    problem = Problem(("awb",), "NOT_MADE", f"{actor.label} found no AWB at the courier.")
    return await awb_refused(session, shipment_id, [problem])


async def _locked(session: AsyncSession, shipment_id: UUID) -> tuple[Order, Shipment, CourierAccount]:
    """Order first, then the shipment: the lock order of the house."""
    shipment = await session.get(Shipment, shipment_id)
    if shipment is None:
        raise NotFound("shipment", shipment_id, path=("id",))
    order = await order_for_update(session, shipment.order_id)
    shipment = await shipment_for_update(session, shipment_id)
    return order, shipment, await session.get_one(CourierAccount, shipment.courier_account_id)


async def _finish(session: AsyncSession, shipment: Shipment, state: AttemptState, outcome: Json) -> None:
    await session.execute(
        update(Attempt)
        .where(Attempt.key == f"awb:{shipment.key}", Attempt.state.in_((AttemptState.TRYING, AttemptState.UNKNOWN)))
        .values(state=state, finished_at=utc_now(), outcome=outcome)
    )
