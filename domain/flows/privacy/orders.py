"""The buyer is taken out of orders and all that hangs on them. What was bought, amounts and statuses stay."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import OrderApproval, OrderApprovalStep
from domain.bulk.models import BulkItem, BulkRun
from domain.diary.models import DiaryEntry
from domain.intake.canonical import fingerprint, from_json, to_json
from domain.intake.erased import without_person
from domain.intake.models import ExternalOrder, InboxItem
from domain.intake.purge import PURGED, SETTLED
from domain.kernel.actor import Actor
from domain.kernel.attempts import Attempt
from domain.kernel.clock import utc_now
from domain.orders.history import record
from domain.orders.models import HistoryEntry, Order, OrderLine, OrderNote
from domain.payments.models import Payment
from domain.privacy.scrub import ERASED, Words, scrubbed, scrubbed_text, words_of
from domain.shipping.models import Shipment, ShipmentLabel, TrackingEvent

KIND = "personal_data_erased"
_UNSYNCED = {"synchronize_session": False}


async def erase_orders(session: AsyncSession, actor: Actor, order_ids: Sequence[UUID], known: Words) -> Words:
    """Erases the buyers of these orders; returns what more was learnt of the person, AWBs included, under `names`.

    What the channel had said is locked before the order, as imports do.
    """
    external = await _all(session, ExternalOrder, ExternalOrder.order_id, order_ids, order=ExternalOrder.external_id)
    orders = (
        await session.scalars(
            select(Order)
            .where(Order.id.in_(order_ids), Order.erased_at.is_(None))
            .order_by(Order.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    ).all()
    words = known
    for order in orders:
        words |= words_of(order.billing, order.shipping, {"tax_id": order.buyer_tax_id})
    ids = [order.id for order in orders]
    for said in external:
        _erase_said(said)
    await _erase_texts(session, ids, words)
    awbs = await _erase_shipments(session, ids, words)
    await _erase_arrived(session, external)
    await _erase_diary(session, ids, external, words)
    await _erase_bulk(session, ids, words)
    for order in orders:
        await _erase_order(session, actor, order)
    await session.flush()
    return words | Words(names=awbs)


async def _all(session: AsyncSession, model: Any, column: Any, ids: Sequence[UUID], *, order: Any = None) -> Any:
    statement = select(model).where(column.in_(ids)).with_for_update()
    statement = statement if order is None else statement.order_by(order)
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def _erase_order(session: AsyncSession, actor: Actor, order: Order) -> None:
    order.billing, order.shipping = country_only(order.billing), country_only(order.shipping)
    order.buyer_tax_id = order.note = order.ticket = order.metafields = None
    order.delivery_point = order.delivery_point_provider = order.delivery_point_name = None
    order.erased_at = order.updated_at = utc_now()
    order.version += 1
    await record(session, order, KIND, actor, {})


def country_only(address: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What of an address the tax was about."""
    country = (address or {}).get("country")
    return {"country": country} if country else None


def _erase_said(said: ExternalOrder) -> None:
    said.erased = True
    if said.applied:
        order = without_person(from_json(said.applied))
        said.applied, said.fingerprint = to_json(order), fingerprint(order)


async def _erase_texts(session: AsyncSession, ids: Sequence[UUID], words: Words) -> None:
    await session.execute(
        update(OrderLine).where(OrderLine.order_id.in_(ids)).values(metafields=None), execution_options=_UNSYNCED
    )
    await session.execute(
        update(OrderNote).where(OrderNote.order_id.in_(ids)).values(text=ERASED), execution_options=_UNSYNCED
    )
    for entry in await _all(session, HistoryEntry, HistoryEntry.order_id, ids):
        entry.data = _history(entry, words)
        entry.reason = entry.reason and scrubbed_text(entry.reason, words)
    for payment in await _all(session, Payment, Payment.order_id, ids):
        payment.note = None
        payment.reference = payment.reference and scrubbed_text(payment.reference, words)
    for approval in await _all(session, OrderApproval, OrderApproval.order_id, ids):
        approval.rules = scrubbed(approval.rules, words)
    steps = select(OrderApproval.id).where(OrderApproval.order_id.in_(ids))
    await session.execute(
        update(OrderApprovalStep)
        .where(OrderApprovalStep.approval_id.in_(steps), OrderApprovalStep.note.is_not(None))
        .values(note=ERASED),
        execution_options=_UNSYNCED,
    )


_FREE_TEXTS = {"note_added": ("text",), "note_edited": ("from", "to"), "customer_told": ("to",)}
"""By the kind of an entry, what somebody wrote or was written to."""


def _history(entry: HistoryEntry, words: Words) -> dict[str, Any]:
    data: dict[str, Any] = scrubbed(entry.data, words)
    return {**data, **{name: ERASED for name in _FREE_TEXTS.get(entry.kind, ()) if data.get(name)}}


async def _erase_shipments(session: AsyncSession, ids: Sequence[UUID], words: Words) -> frozenset[str]:
    shipments = await _all(session, Shipment, Shipment.order_id, ids)
    for shipment in shipments:
        shipment.note = None
        shipment.refs = scrubbed(shipment.refs, words)
        shipment.refused = scrubbed(shipment.refused, words)
        shipment.attention = shipment.attention and scrubbed_text(shipment.attention, words)
    keys = [shipment.id for shipment in shipments]
    await session.execute(delete(ShipmentLabel).where(ShipmentLabel.shipment_id.in_(keys)), execution_options=_UNSYNCED)
    await session.execute(
        update(TrackingEvent).where(TrackingEvent.shipment_id.in_(keys)).values(text=ERASED), _UNSYNCED
    )
    for attempt in await _all(session, Attempt, Attempt.subject_id, [*keys, *ids]):
        attempt.outcome = scrubbed(attempt.outcome, words)
    return frozenset(awb for shipment in shipments for awb in (shipment.awb, shipment.typed_awb) if awb)


async def _erase_arrived(session: AsyncSession, external: Sequence[ExternalOrder]) -> None:
    """What was settled loses its body; what is not settled yet will, when it is."""
    pairs = [(said.channel_id, said.external_id) for said in external]
    if pairs:
        await session.execute(
            update(InboxItem)
            .where(tuple_(InboxItem.channel_id, InboxItem.external_id).in_(pairs), InboxItem.state.in_(SETTLED))
            .values(**PURGED, purged_at=utc_now()),
            execution_options=_UNSYNCED,
        )


async def _erase_bulk(session: AsyncSession, ids: Sequence[UUID], words: Words) -> None:
    items = (await session.scalars(select(BulkItem).where(BulkItem.order_id.in_(ids)).with_for_update())).all()
    for item in items:
        item.refusal = scrubbed(item.refusal, words)
    for run in await _all(session, BulkRun, BulkRun.id, sorted({item.run_id for item in items})):
        run.reason, run.note = scrubbed(run.reason, words), scrubbed(run.note, words)


async def _erase_diary(
    session: AsyncSession, ids: Sequence[UUID], external: Sequence[ExternalOrder], words: Words
) -> None:
    pairs = [(said.channel_id, said.external_id) for said in external]
    of_them = [DiaryEntry.order_id.in_(ids)]
    if pairs:
        of_them.append(tuple_(DiaryEntry.channel_id, DiaryEntry.external_id).in_(pairs))
    for entry in await session.scalars(select(DiaryEntry).where(or_(*of_them)).with_for_update()):
        entry.cause = scrubbed_text(entry.cause, words)
        entry.message = scrubbed_text(entry.message, words)
        entry.remedy = entry.remedy and scrubbed_text(entry.remedy, words)
