"""Entering an order by hand or by a program (spec ORD-1). It begins as Draft; every wrong field is named at once."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from secrets import randbits
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.discounts.queries import RULES_THERE
from domain.intake.models import ExternalOrder
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from domain.kernel.currencies import CURRENCIES
from domain.kernel.ids import new_id
from domain.kernel.money import ZERO
from domain.kernel.refusals import Invalid, NotFound, Problem
from domain.metafields.models import Owner
from domain.metafields.queries import fields_of
from domain.metafields.values import checked, merged
from domain.orders.dates import backdating_problem, past_problem, promise_problem
from domain.orders.delivery_point import NO_POINT, DeliveryPoint
from domain.orders.models import Order
from domain.pricing.queries import LISTS_THERE, Asker
from domain.stock.models import FREE, StockLevel

from .auto_confirm import auto_confirm
from .buyers import OrderCustomer, find_buyer
from .channel_terms import TERMS, buyer_problems, delivery_charges, fee_problems, method_problems
from .charge_input import Fee, charge_problems, fee_charges, shipping_charges
from .check_entry import check_entry
from .discount_rows import discount_data, discounted_lines, named_discounts, use_rows
from .discount_sale import Discounted, Sale, discount_sale
from .order_input import CreateOrder, Offer, OrderedLine, Origin, kind_of, priced_lines, text_problems, total_problems
from .own_seller import seller_of, seller_problems
from .place import NewCharge, NewLine, NewOrder, place_orders
from .price_lines import price_lines

__all__ = ["CreateOrder", "DeliveryPoint", "Fee", "OrderCustomer", "OrderedLine", "create_order"]

_PREVIEW_BITS = 62
"""Of the number of an order that is only looked at: below zero, and two previews at once have different ones."""

declare("create.after_claim", "create.after_place")

_METHOD = (
    select(ChannelMapping.target)
    .where(
        ChannelMapping.channel_id == Channel.id,
        ChannelMapping.kind == MappingKind.PAYMENT_METHOD,
        ChannelMapping.source == bindparam("method"),
    )
    .scalar_subquery()
)
# The channel and the variants in one statement: a row per variant, one without a variant when none is known.
_CONTEXT: Select[*tuple[Any, ...]] = (
    select(
        Channel.id.label("channel_id"),
        *TERMS,
        Channel.enabled,
        Channel.auto_confirm,
        RULES_THERE.label("rules_there"),
        _METHOD.label("method"),
        LISTS_THERE.label("lists_there"),
        Variant.id.label("variant_id"),
        Variant.sku,
        Variant.name,
        Variant.price,
        Variant.currency,
        Variant.vat_rate,
        Variant.active,
        FREE.label("free"),
    )
    .select_from(Channel)
    .outerjoin(Variant, Variant.sku == func.any(bindparam("skus", type_=ARRAY(Text()))))
    .outerjoin(StockLevel, and_(StockLevel.variant_id == Variant.id, StockLevel.warehouse_id == Channel.warehouse_id))
    .where(Channel.slug == bindparam("slug"))
)


async def create_order(session: AsyncSession, actor: Actor, command: CreateOrder) -> Order:
    """Enters an order; on a channel that confirms by itself it is confirmed at once, unless it has an origin.

    Raises NotFound for the channel, else Invalid naming every field that cannot be used. The same `external_id` again
    on a channel is refused (DUPLICATE) with the number of the order that has it.
    """
    texts = tuple(text_problems(command))
    if texts:
        raise Invalid(texts)
    rows = await context_of(session, command)
    channel, origin = rows[0], command.origin or Origin()
    currency = command.currency or channel.channel_currency
    wrong_currency = currency not in CURRENCIES
    if wrong_currency:
        currency = channel.channel_currency  # the lines are looked at in one that there is
    offers = {row.sku: offer_of(row) for row in rows if row.sku is not None}
    buyer = await find_buyer(session, actor, channel.channel_id, command.customer, command.billing or command.shipping)
    ordered = command.lines
    if channel.lists_there:
        at = command.placed_at or utc_now()
        asker = Asker(customer_id=buyer.customer_id, channel_id=channel.channel_id, currency=currency, at=at)
        ordered = await price_lines(session, asker, ordered, offers)
    lines, problems = priced_lines(ordered, offers, currency) if ordered or not origin.lines else ([], [])
    lines += origin.lines
    if not channel.enabled:
        problems.append(Problem(("channel",), "DISABLED", f"The channel {command.channel} is switched off."))
    if wrong_currency:
        problems.append(Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON."))
    charges, wrong = _charges(command)
    charges = [*origin.charges, *charges]
    problems.extend(wrong)
    own_fee = command.shipping_fee is None and command.origin is None
    if own_fee:
        problems.extend(fee_problems(channel, currency))
    problems.extend(method_problems(channel, command.payment_method))
    if channel.closed and not buyer.problems:
        problems.extend(await buyer_problems(session, channel.channel_id, buyer.customer_id))
    if not problems:
        problems.extend(total_problems(lines, charges))
    problems.extend(_date_problems(actor, command, channel.connector))
    problems.extend(seller_problems(actor, command.seller))
    problems.extend(buyer.problems)
    metafields, unusable = await _metafields(session, actor, command)
    problems.extend(unusable)
    order_id = new_id()
    if command.external_id is not None:
        problems.extend(await _claim(session, channel.channel_id, command.external_id, order_id))
        crash_point("create.after_claim")
    sale = Sale(
        order_id=order_id,
        channel_id=channel.channel_id,
        channel=channel.connector,
        currency=currency,
        customer_id=buyer.customer_id,
        at=command.placed_at or utc_now(),
        vouchers=command.vouchers,
        test=command.test,
    )
    discounted = Discounted()
    if (channel.rules_there or command.vouchers) and not origin.agreed:
        discounted = await discount_sale(session, sale, lines, complete=not problems)
        problems.extend(discounted.problems)
        lines = discounted_lines(lines, discounted.outcome)
        if not problems:
            problems.extend(total_problems(lines, charges))
    if own_fee and not problems:
        charges += delivery_charges(channel, lines)
        problems.extend(total_problems(lines, charges))
    if problems:
        raise Invalid(problems)
    [order] = await place_orders(
        session,
        actor,
        [
            NewOrder(
                id=order_id,
                number=-randbits(_PREVIEW_BITS) - 1 if command.preview else None,
                channel_id=channel.channel_id,
                currency=currency,
                lines=lines,
                charges=charges,
                discounts=named_discounts(discounted),
                vouchers=None if origin.agreed else discounted.vouchers,
                external_id=command.external_id,
                customer_id=buyer.customer_id,
                seller=seller_of(actor, command.seller),
                buyer_tax_id=command.buyer_tax_id or command.customer.tax_id,
                ticket=command.ticket,
                billing=_address(command.billing),
                shipping=_address(command.shipping),
                payment_method=command.payment_method,
                payment_kind=kind_of(command.payment_method, channel.method) or origin.payment_kind,
                note=command.note,
                promised_on=command.promised_on,
                metafields=metafields,
                test=command.test,
                placed_at=command.placed_at,
                **(command.delivery_point.as_columns() if command.delivery_point else NO_POINT),
                data={**discount_data(discounted), **({"metafields": metafields} if metafields else {}), **origin.data},
                more=use_rows(sale, discounted, lines),
            )
        ],
        customers=buyer.new_rows,
    )
    crash_point("create.after_place")
    if channel.auto_confirm and command.origin is None and not command.preview:
        await auto_confirm(session, order)
    elif _may_be_short(rows, lines):
        await check_entry(session, [order])
    return order


async def _metafields(
    session: AsyncSession, actor: Actor, command: CreateOrder
) -> tuple[dict[str, Any] | None, Sequence[Problem]]:
    """The metafields as they are kept; without any, nothing is asked."""
    if not command.metafields:
        return None, ()
    try:
        fields = await fields_of(session, Owner.ORDER)
        return merged(None, checked(command.metafields, fields, actor, path=("metafields",))), ()
    except Invalid as refusal:
        return None, refusal.problems


def _charges(command: CreateOrder) -> tuple[list[NewCharge], list[Problem]]:
    wrong = list(charge_problems(command.fees, command.shipping_fee))
    if wrong:
        return [], wrong
    shipping = shipping_charges(command.shipping_fee) if command.shipping_fee else []
    return [*shipping, *fee_charges(command.fees)], []


def _date_problems(actor: Actor, command: CreateOrder, connector: str) -> Iterator[Problem]:
    now, may_go_back = utc_now(), actor.may(Permission.SETTINGS_EDIT)
    for problem in (
        promise_problem(command.promised_on, connector, now),
        past_problem("placedAt", command.placed_at, now)
        or (None if may_go_back else backdating_problem("placedAt", command.placed_at, now)),
    ):
        if problem is not None:
            yield problem


async def context_of(session: AsyncSession, command: CreateOrder) -> Sequence[Row[Any]]:
    """The channel, on a row per variant that is ordered and known, or one without. Raises NotFound for the channel."""
    skus = sorted({line.sku for line in command.lines})
    parameters = {"slug": command.channel, "skus": skus, "method": command.payment_method}
    rows: Sequence[Row[Any]] = (await session.execute(_CONTEXT, parameters)).all()
    if not rows:
        raise NotFound("channel", command.channel, path=("channel",))
    return rows


def _may_be_short(rows: Sequence[Row[Any]], lines: Sequence[NewLine]) -> bool:
    """Whether more is ordered than was free when the order was read; most have all, and need no further look."""
    free = {row.sku: row.free for row in rows if row.free is not None}
    wanted: dict[str | None, Decimal] = {}
    for line in lines:
        wanted[line.sku] = wanted.get(line.sku, ZERO) + line.quantity
    return any(quantity > free[sku] for sku, quantity in wanted.items() if sku in free)


def offer_of(row: Row[Any]) -> Offer:
    """The variant of a row of `context_of`."""
    return Offer(row.variant_id, row.sku, row.name, row.price, row.currency, row.vat_rate, row.active)


async def _claim(session: AsyncSession, channel_id: UUID, external_id: str, order_id: UUID) -> list[Problem]:
    """Takes the external id for this order; of two that come at once the second waits, and is told of the first."""
    statement = insert(ExternalOrder).values(channel_id=channel_id, external_id=external_id, order_id=order_id)
    holder = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["channel_id", "external_id"],
            set_={"order_id": func.coalesce(ExternalOrder.order_id, statement.excluded.order_id)},
        ).returning(ExternalOrder.order_id)
    )
    if holder == order_id:
        return []
    number = await session.scalar(select(Order.number).where(Order.id == holder))
    taken_by = "Another order" if number is None else f"Order {number}"  # out of the caller's view: it has no number
    return [Problem(("externalId",), "DUPLICATE", f"{taken_by} of this channel has the id {external_id} already.")]


def _address(fields: Mapping[str, str | None] | None) -> dict[str, Any] | None:
    return {name: text for name, text in (fields or {}).items() if text} or None
