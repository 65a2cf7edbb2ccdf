"""From a confirmed order to parcels that can be shipped: delivery note, packing list, sizes (spec FUL-1, FUL-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, PaymentKind
from domain.fulfilment import rules
from domain.fulfilment.errors import ParcelIncomplete
from domain.fulfilment.models import (
    DELIVERY_NOTE_NUMBERS,
    PACKING_LIST_NUMBERS,
    DeliveryNote,
    DeliveryNoteLine,
    DeliveryNoteState,
    PackingList,
    PackingState,
    Parcel,
)
from domain.fulfilment.queries import delivery_note, noted_quantities, packing_list
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.money import ZERO, Money, plain
from domain.kernel.refusals import Invalid, Problem, StaleVersion, invalid
from domain.orders.errors import IllegalMove, PaymentMissing
from domain.orders.history import record
from domain.orders.models import Order, OrderLine
from domain.orders.queries import order_for_update
from domain.orders.status import Status
from domain.payments.queries import amount_due
from domain.shipping.models import Shipment, ShipmentStatus
from domain.stock.back_orders import back_ordered
from domain.stock.errors import MissingStock, StockMissing
from domain.stock.models import Reservation
from domain.stock.rules import quantity_problem

MAY_HAVE_NOTE = (Status.CONFIRMED, Status.READY, Status.SHIPPING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePackingList:
    delivery_note_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The parcels as measured, in their order; the first is number 1."""

    packing_list_id: UUID
    parcels: tuple[rules.ParcelSizes, ...]
    expected_version: int | None = None


async def create_delivery_note(
    session: AsyncSession, actor: Actor, order: Order, lines: Mapping[UUID, Decimal] | None = None
) -> DeliveryNote:
    """Makes a delivery note for what is on none yet and not back-ordered, or for the named quantities. The order's row
    is locked. It leaves from the warehouse that holds the goods.

    Raises `IllegalMove` where the status allows no note, `PaymentMissing` for a prepaid order that is not paid,
    `StockMissing` where the reservation does not cover it, `Invalid` for quantities that the order does not have.
    """
    due = await amount_due(session, order) if order.payment_kind is PaymentKind.PREPAID else ZERO
    if due > 0 or (order.status is Status.PENDING_PAYMENT and (due := await amount_due(session, order)) > 0):
        raise PaymentMissing(due=Money(due, order.currency))
    if order.status not in MAY_HAVE_NOTE:
        raise IllegalMove(
            from_=order.status,
            to=Status.CONFIRMED,
            legal_moves=(),
            reason=f"An order in {order.status.label} has no delivery note; it is confirmed first.",
        )
    ordered = {
        line.id: line
        for line in await session.scalars(
            select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
        )
    }
    left = rules.remaining(
        {line_id: line.quantity for line_id, line in ordered.items()}, await noted_quantities(session, order.id)
    )
    waiting = await back_ordered(session, order.id) if lines is None else {}
    wanted = rules.remaining(left, waiting) if lines is None else _checked(lines, left, ordered)
    if not wanted:
        raise invalid(
            ("lines",),
            "NOTHING_LEFT",
            f"Everything of order {order.number} is on a delivery note already, or back-ordered.",
        )
    warehouse_id = await _check_reserved(session, order, ordered, wanted)
    if warehouse_id is None:
        warehouse_id = (await session.get_one(Channel, order.channel_id)).warehouse_id
    number = await session.scalar(DELIVERY_NOTE_NUMBERS.next_value())
    note = DeliveryNote(
        number=f"DN-{number}",
        order_id=order.id,
        warehouse_id=warehouse_id,
        state=DeliveryNoteState.OPEN,
        created_at=utc_now(),
    )
    session.add(note)
    await session.flush()
    session.add_all(
        DeliveryNoteLine(delivery_note_id=note.id, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in wanted.items()
    )
    await session.flush()
    await record(
        session,
        order,
        "delivery_note_created",
        actor,
        {"number": note.number, "lines": {str(line): str(quantity) for line, quantity in wanted.items()}},
    )
    return note


def _checked(
    lines: Mapping[UUID, Decimal], left: Mapping[UUID, Decimal], ordered: Mapping[UUID, OrderLine]
) -> dict[UUID, Decimal]:
    if not lines:
        raise invalid(("lines",), "EMPTY", "Name at least one line with its quantity, or leave the lines out.")
    problems = []
    for index, (line_id, quantity) in enumerate(lines.items()):
        path = ("lines", str(index))
        if line_id not in ordered:
            problems.append(Problem((*path, "line"), "NOT_FOUND", f"The order has no line {line_id}."))
        elif problem := quantity_problem(quantity):
            problems.append(Problem((*path, "quantity"), "OUT_OF_RANGE", problem))
        elif quantity > (free := left.get(line_id, Decimal(0))):
            problems.append(
                Problem(
                    (*path, "quantity"),
                    "TOO_MUCH",
                    f"Only {plain(free)} of {ordered[line_id].name} are on no delivery note yet.",
                )
            )
    if problems:
        raise Invalid(problems)
    return dict(lines)


async def _check_reserved(
    session: AsyncSession, order: Order, ordered: Mapping[UUID, OrderLine], wanted: Mapping[UUID, Decimal]
) -> UUID | None:
    """Raises StockMissing where the reservations do not cover it; returns the warehouse that holds them, if any do."""
    if order.test:
        return None
    rows = (
        await session.execute(
            select(Reservation.order_line_id, Reservation.quantity, Reservation.warehouse_id).where(
                Reservation.order_id == order.id
            )
        )
    ).all()
    reserved = {row[0]: row[1] for row in rows}
    open_notes = await noted_quantities(session, order.id, handed_over=False)
    missing = []
    for line_id, quantity in wanted.items():
        line = ordered[line_id]
        have = reserved.get(line_id, Decimal(0)) - open_notes.get(line_id, Decimal(0))
        if line.variant_id is not None and have < quantity:
            missing.append(MissingStock(sku=line.sku or line.name, ordered=quantity, available=max(have, Decimal(0))))
    if missing:
        raise StockMissing(missing)
    return next((row[2] for row in rows), None)


async def create_packing_list(session: AsyncSession, actor: Actor, command: CreatePackingList) -> PackingList:
    """Begins the packing list of a delivery note; asked again, the one that is there is returned."""
    note = await delivery_note(session, command.delivery_note_id, path=("deliveryNote",))
    order = await order_for_update(session, note.order_id)
    await session.refresh(note)
    if note.state is DeliveryNoteState.VOIDED:
        raise invalid(("deliveryNote",), "VOIDED", f"Delivery note {note.number} is void; make a new one.")
    there = await session.scalar(select(PackingList.id).where(PackingList.delivery_note_id == note.id))
    if there is not None:
        return await packing_list(session, there)
    number = await session.scalar(PACKING_LIST_NUMBERS.next_value())
    created = PackingList(
        number=f"PL-{number}",
        order_id=note.order_id,
        delivery_note_id=note.id,
        state=PackingState.DRAFT,
        created_at=utc_now(),
    )
    session.add(created)
    await session.flush()
    await record(session, order, "packing_list_created", actor, {"number": created.number, "note": note.number})
    return created


async def pack(session: AsyncSession, actor: Actor, command: Pack) -> PackingList:
    """Stores the measured parcels. Raises `ParcelIncomplete`, `StaleVersion` or `Invalid`; nothing is stored then.

    May be repeated until an AWB was asked for: an approved list goes back to PACKED and is approved again.
    """
    found, order = await _locked_list(session, command.packing_list_id, command.expected_version)
    missing = rules.incomplete(command.parcels)
    if missing:
        raise ParcelIncomplete(missing)
    problems = rules.absurd(command.parcels)
    if problems:
        raise Invalid(problems)
    live = await session.scalar(
        select(Shipment.id).where(Shipment.packing_list_id == found.id, Shipment.status != ShipmentStatus.VOIDED)
    )
    if live is not None:
        raise invalid(("id",), "HAS_AWB", f"Packing list {found.number} has an AWB; void that first.")
    await session.execute(delete(Parcel).where(Parcel.packing_list_id == found.id))
    session.expire(found, ["parcels"])
    session.add_all(
        Parcel(
            packing_list_id=found.id,
            number=number,
            length_cm=sizes.length_cm,
            width_cm=sizes.width_cm,
            height_cm=sizes.height_cm,
            weight_kg=sizes.weight_kg,
        )
        for number, sizes in enumerate(command.parcels, start=1)
    )
    found.state = PackingState.PACKED
    found.version += 1
    await session.flush()
    packed = {"number": found.number, "parcels": len(command.parcels)}
    await record(session, order, "packing_list_packed", actor, packed)
    return found


async def approve_packing_list(
    session: AsyncSession, actor: Actor, packing_list_id: UUID, expected_version: int | None = None
) -> PackingList:
    """Approves a packed list, after which its AWB can be made. Repeating changes nothing; with the version that was
    looked at, nothing is approved that somebody packed anew meanwhile (StaleVersion)."""
    found, order = await _locked_list(session, packing_list_id, expected_version)
    if found.state is PackingState.APPROVED:
        return found
    missing = rules.incomplete(
        [
            rules.ParcelSizes(length_cm=p.length_cm, width_cm=p.width_cm, height_cm=p.height_cm, weight_kg=p.weight_kg)
            for p in found.parcels
        ]
    )
    if missing:
        raise ParcelIncomplete(missing)
    found.state = PackingState.APPROVED
    found.version += 1
    await session.flush()
    await record(session, order, "packing_list_approved", actor, {"number": found.number})
    return found


async def _locked_list(session: AsyncSession, list_id: UUID, expected_version: int | None) -> tuple[PackingList, Order]:
    """The packing list under its order's lock, in which alone it changes."""
    found = await packing_list(session, list_id)
    order = await order_for_update(session, found.order_id)
    await session.refresh(found, ["state", "version", "parcels"])
    if expected_version is not None and expected_version != found.version:
        raise StaleVersion("packing list", expected=expected_version, current=found.version, key=found.id)
    note = await delivery_note(session, found.delivery_note_id)
    await session.refresh(note, ["state"])
    if note.state is DeliveryNoteState.VOIDED:
        raise invalid(("id",), "VOIDED", f"Delivery note {note.number} is void; make a new one.")
    return found, order
