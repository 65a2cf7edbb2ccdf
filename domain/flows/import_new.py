"""Orders that are new here are written, all of a batch in a few statements (spec SYN-4, SYN-6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.vocabulary import ChannelRules
from domain.customers.match import customer_row, learn_customers
from domain.intake.types import IncomingOrder
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.money import to_cents
from domain.metafields.models import Owner
from domain.metafields.queries import fields_of
from domain.metafields.rules import Field
from domain.metafields.values import usable
from domain.orders.models import ChargeKind, Order
from domain.orders.status import Status
from domain.payments.models import MoneyFlow

from .auto_confirm import auto_confirm
from .check_entry import CHECKED, check_entry
from .import_contents import Contents, address_json, contents, shipping_of, without_product
from .import_moves import try_move
from .import_resolve import Meaning, World, buyer_of
from .place import NewOrder, NewPayment, place_orders

BY_MOVE = {Status.CONFIRMED: (Status.CONFIRMED,), Status.READY: (Status.CONFIRMED, Status.READY)}
"""Statuses that an order enters by moves, with their effects; it is written as Processing first."""

LEFT_THE_HOUSE = frozenset(
    {
        Status.SHIPPING,
        Status.DELIVERED,
        Status.REFUND,
        Status.RETURN,
        Status.RETURN_PENDING,
        Status.PARTIAL_RETURN,
        Status.PARTIAL_REFUND,
    }
)
"""Orders that come here in these were carried out elsewhere: no stock, no invoice, and never confirmed again."""


@dataclass(frozen=True, slots=True)
class NewArrival:
    """An order that is not ours yet, and what it means; nothing is in its way."""

    order: IncomingOrder
    meaning: Meaning
    by_poll: bool = False


async def import_new(session: AsyncSession, actor: Actor, world: World, arrivals: Sequence[NewArrival]) -> list[UUID]:
    """Writes the orders with their buyers, and moves those on that are to be confirmed at once; returns their ids."""
    if not arrivals:
        return []
    customers: list[dict[str, Any]] = []
    buyers = [_buyer(world, arrival, customers) for arrival in arrivals]
    fields = await fields_of(session, Owner.ORDER) if any(one.order.extra for one in arrivals) else {}
    made = [contents(arrival.order, arrival.meaning.variants) for arrival in arrivals]
    new = [
        _new_order(world.rules, arrival, customer_id, what, fields)
        for arrival, customer_id, what in zip(arrivals, buyers, made, strict=True)
    ]
    orders = await place_orders(session, actor, new, customers)
    await learn_customers(session, world.rules.channel.id, _refs(arrivals, buyers))
    for order, arrival in zip(orders, arrivals, strict=True):
        await _move_on(session, actor, world.rules, order, arrival)
    if world.rules.channel.stock_check_on_entry and not world.rules.channel.auto_confirm:
        new_still = [order for order in orders if order.status in CHECKED]
        if new_still:
            await check_entry(session, new_still)
    return [order.id for order in orders]


def _buyer(world: World, arrival: NewArrival, customers: list[dict[str, Any]]) -> UUID:
    """The buyer's id: one that is known, perhaps since an earlier order of this batch, or a new one."""
    buyer = buyer_of(arrival.order)
    found = arrival.meaning.customer_id or world.buyers.find(buyer)
    if isinstance(found, UUID):
        return found
    customer_id = new_id()
    customers.append(customer_row(customer_id, buyer, utc_now()))
    world.buyers.add(buyer, customer_id)
    return customer_id


def _new_order(
    rules: ChannelRules, arrival: NewArrival, customer_id: UUID, what: Contents, fields: Mapping[str, Field]
) -> NewOrder:
    incoming, meaning = arrival.order, arrival.meaning
    assert meaning.status is not None
    metafields = usable(incoming.extra, fields, rules.channel.connector) or None
    return NewOrder(
        channel_id=rules.channel.id,
        currency=incoming.currency,
        lines=what.lines,
        status=Status.PROCESSING if meaning.status in BY_MOVE else meaning.status,
        charges=what.charges,
        discounts=what.discounts,
        payments=tuple(_payments(incoming)),
        external_id=incoming.external_id,
        external_number=incoming.number or None,
        customer_id=customer_id,
        buyer_tax_id=incoming.customer.tax_id or None,
        billing=address_json(incoming.billing),
        shipping=shipping_of(incoming),
        delivery_point=incoming.delivery_point or None,
        payment_method=incoming.payment_method or None,
        payment_title=incoming.payment_title or None,
        payment_kind=meaning.payment_kind,
        note=incoming.note or None,
        metafields=metafields,
        test=incoming.test,
        placed_at=incoming.placed_at,
        data={**_history(incoming, what), **({"metafields": metafields} if metafields else {})},
    )


def _history(incoming: IncomingOrder, what: Contents) -> dict[str, Any]:
    """What a reader of the history wants to know of how it came in."""
    gone = without_product(incoming)
    rounding = sum((charge.amount for charge in what.charges if charge.kind is ChargeKind.ROUNDING), Decimal(0))
    notes: dict[str, Any] = {"channel_status": incoming.status, "channel_number": incoming.number}
    if gone:
        notes["without_product"] = gone
    if rounding:
        notes["rounding"] = str(rounding)
    return notes


def _payments(incoming: IncomingOrder) -> Iterator[NewPayment]:
    for payment in {payment.external_id: payment for payment in incoming.payments}.values():
        if to_cents(payment.amount) > 0:
            yield NewPayment(
                amount=to_cents(payment.amount),
                method=payment.method or None,
                external_id=payment.external_id,
                at=payment.at,
            )
    for refund in {refund.external_id: refund for refund in incoming.refunds}.values():
        if to_cents(refund.amount) > 0:
            yield NewPayment(
                flow=MoneyFlow.REFUND,
                amount=to_cents(refund.amount),
                external_id=refund.external_id,
                note=refund.reason or None,
            )


def _refs(arrivals: Sequence[NewArrival], buyers: Sequence[UUID]) -> dict[str, UUID]:
    pairs = zip(arrivals, buyers, strict=True)
    ids = ((arrival.order.customer.external_id, customer_id) for arrival, customer_id in pairs)
    return {external_id: customer_id for external_id, customer_id in ids if external_id is not None}


async def _move_on(session: AsyncSession, actor: Actor, rules: ChannelRules, order: Order, arrival: NewArrival) -> None:
    target = arrival.meaning.status
    if target in LEFT_THE_HOUSE:
        order.confirmed_at = arrival.order.placed_at
    elif target is Status.ON_HOLD:
        order.held_from = Status.PROCESSING
    elif target in BY_MOVE:
        # Without stock, or with an approval to come, it stays where it got to: the queue shows it there.
        for step in BY_MOVE[target]:
            if await try_move(session, actor, order, step, f"{arrival.order.status} in the store") is not None:
                break
    elif rules.channel.auto_confirm and not _from_before(rules, arrival):
        await auto_confirm(session, order)


def _from_before(rules: ChannelRules, arrival: NewArrival) -> bool:
    """Whether a first import found an order that was placed before the channel was connected: it may have been
    invoiced and shipped elsewhere, so a person confirms it."""
    return arrival.by_poll and arrival.order.placed_at < rules.channel.created_at
