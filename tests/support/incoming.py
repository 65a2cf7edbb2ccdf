"""Orders as channels tell them, and items in the inbox, with good defaults. A test states what matters to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, ChannelMapping, MappingKind, PaymentKind
from domain.channels.vocabulary import ChannelRules, Defaults, load_rules
from domain.flows.import_order import Arrival, Outcome, import_orders
from domain.intake.models import InboxItem, Source
from domain.intake.store import NewItem, store_items
from domain.intake.types import IncomingAddress, IncomingCustomer, IncomingLine, IncomingOrder
from domain.kernel.actor import connector_actor
from domain.kernel.clock import utc_now

SHOP = connector_actor("woocommerce", "shop")

DEFAULTS = Defaults(
    statuses_in={
        "pending": "PENDING_PAYMENT",
        "on-hold": "PENDING_PAYMENT",
        "processing": "PROCESSING",
        "completed": "DELIVERED",
        "cancelled": "CANCELLED",
        "refunded": "REFUND",
        "failed": "FAILED",
    },
    statuses_ignored={"checkout-draft": "a checkout that was not finished"},
    statuses_out={
        "CONFIRMED": "processing",
        "SHIPPING": "processing",
        "DELIVERED": "completed",
        "CANCELLED": "cancelled",
    },
)
"""The words of a store, as its connector maps them."""

_serial = count(1)

HOME = IncomingAddress(
    name="Ion Popescu",
    street="Str. Lungă 1",
    city="Brașov",
    county="BV",
    postcode="500001",
    country="RO",
    phone="0722000111",
)


def line(sku: str | None, quantity: int | str = 1, price: str = "100.00", **fields: Any) -> IncomingLine:
    """A line at a net price, with 21 percent of tax."""
    number = next(_serial)
    net = (Decimal(price) * Decimal(quantity)).quantize(Decimal("0.01"))
    values: dict[str, Any] = {
        "external_id": f"L{number}",
        "name": f"Product {sku}",
        "quantity": Decimal(quantity),
        "subtotal": net,
        "total": net,
        "tax": (net * Decimal("0.21")).quantize(Decimal("0.01")),
        "sku": sku,
        "tax_rate": Decimal(21),
        "variant": f"V-{sku}" if sku else None,
    }
    return IncomingLine(**{**values, **fields})


def incoming(*lines: IncomingLine, **fields: Any) -> IncomingOrder:
    """An order whose total is the sum of its parts."""
    number = str(next(_serial) + 1000)
    charges = fields.get("charges", ())
    total = sum((one.total + one.tax for one in lines), Decimal(0))
    total += sum((one.amount + one.tax for one in charges), Decimal(0))
    values: dict[str, Any] = {
        "external_id": number,
        "number": number,
        "status": "processing",
        "currency": "RON",
        "placed_at": datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
        "total": total,
        "lines": lines,
        "version": "2026-07-01T12:00:00",
        "customer": IncomingCustomer(name="Ion Popescu", email=f"ion{number}@example.com", phone="0722000111"),
        "billing": HOME,
        "shipping": HOME,
        "payment_method": "cod",
        "payment_title": "Cash on delivery",
    }
    return IncomingOrder(**{**values, **fields})


def later(order: IncomingOrder, version: str = "2026-07-01T13:00:00", **fields: Any) -> IncomingOrder:
    """The same order as the channel tells it later; the total follows the lines unless it is given."""
    changed = replace(order, version=version, **fields)
    if "lines" in fields and "total" not in fields:
        difference = _sum(changed) - _sum(order)
        changed = replace(changed, total=order.total + difference)
    return changed


def _sum(order: IncomingOrder) -> Decimal:
    return sum((one.total + one.tax for one in order.lines), Decimal(0))


async def map_cod(session: AsyncSession, channel: Channel, method: str = "cod") -> None:
    """Maps the payment method that the orders have."""
    session.add(
        ChannelMapping(
            channel_id=channel.id, kind=MappingKind.PAYMENT_METHOD, source=method, target=PaymentKind.ON_DELIVERY.value
        )
    )
    await session.flush()


async def rules_of(session: AsyncSession, channel: Channel) -> ChannelRules:
    return await load_rules(session, channel.id, DEFAULTS)


async def arrive(
    session: AsyncSession,
    channel: Channel,
    *orders: IncomingOrder,
    source: Source = Source.WEBHOOK,
    authoritative: bool = False,
    received_at: datetime | None = None,
) -> list[Arrival]:
    """Stores the orders in the inbox, as they arrive."""
    ids = await store_items(
        session, [NewItem(channel_id=channel.id, source=source, body=order.external_id.encode()) for order in orders]
    )
    at = received_at or utc_now()
    return [
        Arrival(
            item_id=item_id,
            order=order,
            received_at=at,
            authoritative=authoritative,
            by_poll=source is Source.POLL,
        )
        for item_id, order in zip(ids, orders, strict=True)
    ]


async def bring(session: AsyncSession, channel: Channel, *orders: IncomingOrder, **how: Any) -> list[Outcome]:
    """Stores and imports the orders in one go."""
    return await import_arrivals(session, channel, await arrive(session, channel, *orders, **how))


async def bring_one(session: AsyncSession, channel: Channel, order: IncomingOrder, **how: Any) -> Outcome:
    [outcome] = await bring(session, channel, order, **how)
    return outcome


async def import_arrivals(session: AsyncSession, channel: Channel, arrivals: Sequence[Arrival]) -> list[Outcome]:
    outcomes = await import_orders(session, SHOP, await rules_of(session, channel), arrivals)
    await session.flush()
    return outcomes


async def item(session: AsyncSession, item_id: UUID) -> InboxItem:
    """The item as the database has it now."""
    query = select(InboxItem).where(InboxItem.id == item_id).execution_options(populate_existing=True)
    return (await session.scalars(query)).one()
