"""An operator changes an order (spec ORD-7): what is ordered until it is confirmed, where it goes until it leaves.

One edit is one new version, whatever it changes. What is there already changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.customers.models import Customer
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import TEXT_LIMIT
from domain.orders.dates import promise_problem
from domain.orders.delivery_point import NO_POINT, DeliveryPoint, point_problems
from domain.orders.edit_address import awb_problems, invoice_problems, left_problems, new_address
from domain.orders.history import record
from domain.orders.models import Order
from domain.orders.queries import check_version, order_for_update

from .approval.ask import reconsider
from .buyers import FoundBuyer, OrderCustomer, find_buyer
from .channel_terms import buyer_problems, is_closed, method_problems
from .edit_lines import OPEN, EditedContents, contents_problems, offers_of, priced_contents, write_contents
from .edited import mark_edited
from .effects.confirm import variants_of
from .order_input import TEXTS, address_problems, customer_problems, kind_of, text_problem_at
from .own_seller import seller_problems
from .pay import follow_payment, follow_terms, go_on_if_paid
from .reprice import reprice_lines
from .still_short import renew_shortages

CLEARABLE: Mapping[str, tuple[str, ...]] = {
    "note": ("note",),
    "seller": ("seller",),
    "ticket": ("ticket",),
    "buyerTaxId": ("buyer_tax_id",),
    "promisedOn": ("promised_on",),
    "deliveryPoint": tuple(NO_POINT),
}
"""What may be emptied: by its name in the API, the columns."""

ASKS_AGAIN = frozenset({"shipping", "billing", "customer_id", "payment_method", "buyer_tax_id", "delivery_point"})
"""Fields whose change asks for an approval again, as does every change of the contents (spec APR-3)."""

_SIDES = {"shipping": "shippingAddress", "billing": "billingAddress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOrder:
    """What shall be different; None leaves a field as it is, and `clear` (names of `CLEARABLE`) empties it.

    Addresses replace the whole address. `expected_version` None asks for no check.
    """

    order_id: UUID
    expected_version: int | None = None
    contents: EditedContents = EditedContents()
    shipping: Mapping[str, str] | None = None
    billing: Mapping[str, str] | None = None
    customer: OrderCustomer | None = None
    payment_method: str | None = None
    note: str | None = None
    seller: str | None = None
    ticket: str | None = None
    buyer_tax_id: str | None = None
    promised_on: date | None = None
    delivery_point: DeliveryPoint | None = None
    clear: tuple[str, ...] = ()
    reason: str | None = None


async def edit_order(session: AsyncSession, actor: Actor, command: EditOrder) -> Order:
    """Writes what changed, with what follows: totals, payment state, and an approval that is asked again.

    Raises NotFound, StaleVersion, and Invalid naming every wrong field: CONFIRMED for what a confirmed order keeps,
    HANDED_OVER and HAS_AWB for addresses that it is too late to change.
    """
    problems = list(_told_problems(command))
    problems += seller_problems(actor, command.seller, emptied="seller" in command.clear)
    order = await order_for_update(session, command.order_id, lines=True)
    check_version(order, command.expected_version)
    offers = await offers_of(session, command.contents)
    buyer = await _buyer(session, actor, order, command) if not problems else FoundBuyer(order.customer_id)
    wanted = await priced_contents(session, order, command.contents, offers, buyer.customer_id)
    wanted, unpriced = await reprice_lines(session, order, wanted, buyer.customer_id)
    problems += unpriced
    problems += contents_problems(order, wanted, offers)
    problems += await _late_problems(session, order, command)
    channel = await session.get_one(Channel, order.channel_id)
    problem = promise_problem(_promise(order, command), channel.connector, utc_now())
    if problem is not None and _promise(order, command) != order.promised_on:
        problems.append(problem)
    problems += buyer.problems or await _term_problems(session, order, channel, command, buyer.customer_id)
    if problems:
        raise Invalid(problems)
    if buyer.new_rows:
        await session.execute(insert(Customer), list(buyer.new_rows))
    changed = await _write_fields(session, order, command, buyer)
    contents = None
    variants = variants_of(order.lines)
    if wanted.fields or "customer_id" in changed:  # another buyer has other discounts
        contents = await write_contents(session, order, wanted, offers)
    if changed or contents is not None:
        await mark_edited(session, order)
        await _record(session, actor, order, changed, contents, command.reason)
        if contents is not None or not ASKS_AGAIN.isdisjoint(changed):
            await reconsider(session, order)
        await session.flush()
        if contents is not None:
            await renew_shortages(session, actor, order, variants)
            await follow_payment(session, order)
        elif not ASKS_AGAIN.isdisjoint(changed):
            # It was rejected, and money came meanwhile.
            await go_on_if_paid(session, order)
        if "payment_method" in changed:
            await follow_terms(session, order)
    return order


def _told_problems(command: EditOrder) -> Iterator[Problem]:
    """What is wrong whatever the order is."""
    yield from text_problem_at(("reason",), command.reason, TEXT_LIMIT)
    for name in ("payment_method", "note", "seller", "ticket", "buyer_tax_id"):
        shown, limit = TEXTS[name]
        text = getattr(command, name)
        yield from text_problem_at((shown,), text, limit)
        if text is not None and not text.strip():
            yield Problem((shown,), "EMPTY", "Give a text, or leave it out; `clear` empties a field.")
    for side, shown in _SIDES.items():
        yield from address_problems(shown, getattr(command, side))
    yield from point_problems(("deliveryPoint",), command.delivery_point)
    if command.customer is not None:
        yield from customer_problems(command.customer)
    for index, name in enumerate(command.clear):
        if name not in CLEARABLE:
            yield Problem(("clear", str(index)), "UNKNOWN_FIELD", f"These can be emptied: {', '.join(CLEARABLE)}.")
        elif getattr(command, CLEARABLE[name][0]) is not None:
            yield Problem(("clear", str(index)), "NOT_TOGETHER", f"{name} is given and emptied at once.")


async def _late_problems(session: AsyncSession, order: Order, command: EditOrder) -> list[Problem]:
    """Fields for which it is too late. What is there already is never too late."""
    bought = {
        "customer": command.customer is not None and command.customer.id != order.customer_id,
        "paymentMethod": command.payment_method not in (None, order.payment_method),
    }
    confirmed = [
        Problem((shown,), "CONFIRMED", f"An order in {order.status.label} keeps its {shown}.")
        for shown, differs in bought.items()
        if differs and (order.confirmed_at is not None or order.status not in OPEN)
    ]
    moved = [
        shown
        for side, shown in _SIDES.items()
        if (given := getattr(command, side)) is not None
        and new_address(order, side, given) != (getattr(order, side) or {})
    ]
    point = command.delivery_point.as_columns() if command.delivery_point else NO_POINT
    told = command.delivery_point is not None or "deliveryPoint" in command.clear
    if told and any(getattr(order, name) != value for name, value in point.items()):
        moved.append("deliveryPoint")
    promised = ["promisedOn"] if _promise(order, command) != order.promised_on else []
    late = left_problems(order, [*moved, *promised])
    tax_id = None if "buyerTaxId" in command.clear else command.buyer_tax_id or order.buyer_tax_id
    buyer = [one for one in moved if one == "billingAddress"] + ["buyerTaxId"] * (tax_id != order.buyer_tax_id)
    invoiced = await invoice_problems(session, order, buyer)
    sent = [one for one in moved if one != "billingAddress"]
    return confirmed + (late or [*await awb_problems(session, order, sent), *invoiced])


async def _term_problems(
    session: AsyncSession, order: Order, channel: Channel, command: EditOrder, customer_id: UUID | None
) -> list[Problem]:
    """What the channel has against another way of paying or another buyer; those that are there stay."""
    problems = []
    if command.payment_method not in (None, order.payment_method):
        problems += method_problems(channel, command.payment_method)
    if customer_id != order.customer_id and channel.is_own and await is_closed(session, channel.id):
        problems += await buyer_problems(session, channel.id, customer_id)
    return problems


def _promise(order: Order, command: EditOrder) -> date | None:
    return None if "promisedOn" in command.clear else command.promised_on or order.promised_on


async def _buyer(session: AsyncSession, actor: Actor, order: Order, command: EditOrder) -> FoundBuyer:
    if command.customer is None:
        return FoundBuyer(order.customer_id)
    address = command.billing or command.shipping
    return await find_buyer(session, actor, order.channel_id, command.customer, address)


async def _write_fields(
    session: AsyncSession, order: Order, command: EditOrder, buyer: FoundBuyer
) -> dict[str, dict[str, Any]]:
    """Writes the fields that differ; returns what each was and is, by column."""
    wanted: dict[str, Any] = {
        name: getattr(command, name).strip()
        for name in ("payment_method", "note", "seller", "ticket", "buyer_tax_id")
        if getattr(command, name) is not None
    }
    for side in _SIDES:
        if (given := getattr(command, side)) is not None:
            wanted[side] = new_address(order, side, given) or None
    if command.promised_on is not None:
        wanted["promised_on"] = command.promised_on
    if command.delivery_point is not None:
        wanted |= command.delivery_point.as_columns()
    if buyer.customer_id is not None:
        wanted["customer_id"] = buyer.customer_id
    if command.customer is not None and buyer.customer_id != order.customer_id:
        # The invoice must not carry the tax id of who buys no more.
        wanted.setdefault("buyer_tax_id", command.customer.tax_id)
    for name in command.clear:
        wanted |= dict.fromkeys(CLEARABLE[name])
    changed = {
        name: {"from": getattr(order, name), "to": to} for name, to in wanted.items() if getattr(order, name) != to
    }
    for name, change in changed.items():
        setattr(order, name, change["to"])
    if "payment_method" in changed:
        order.payment_title = None
        order.payment_kind = kind_of(order.payment_method, await _mapped(session, order))
    return changed


async def _mapped(session: AsyncSession, order: Order) -> str | None:
    return await session.scalar(
        select(ChannelMapping.target).where(
            ChannelMapping.channel_id == order.channel_id,
            ChannelMapping.kind == MappingKind.PAYMENT_METHOD,
            ChannelMapping.source == order.payment_method,
        )
    )


async def _record(
    session: AsyncSession,
    actor: Actor,
    order: Order,
    changed: Mapping[str, Mapping[str, Any]],
    contents: Mapping[str, Any] | None,
    reason: str | None,
) -> None:
    """One entry per kind of change: those who read the history look for addresses, details or lines."""
    parts: dict[str, dict[str, Any]] = {}
    for name, change in changed.items():
        kind = {"customer_id": "customer_changed", **dict.fromkeys(_SIDES, "address_changed")}.get(
            name, "details_changed"
        )
        shown = {
            end: value if isinstance(value, dict) or value is None else str(value) for end, value in change.items()
        }
        parts.setdefault(kind, {}).update(shown if kind == "customer_changed" else {name: shown})
    if contents is not None:
        parts["lines_changed"] = dict(contents)
    for kind, data in parts.items():
        await record(session, order, kind, actor, data, reason)
