"""What tests need to have: channels, variants with stock, orders, with good defaults. A test states what matters to it.

Each makes its own: two calls give two channels, two SKUs. Everything is flushed, nothing committed.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.catalog.models import Product, Variant
from domain.channels.models import Channel, InvoiceAt, PaymentKind
from domain.customers.models import Customer
from domain.flows.bootstrap import CREDIT_PREFIX, INVOICE_PREFIX, MAIN_WAREHOUSE
from domain.flows.place import NewCharge, NewLine, NewOrder, NewPayment, place_orders
from domain.invoicing.models import InvoiceSeries
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.models import Order
from domain.orders.status import Status
from domain.orders.totals import line_amounts
from domain.stock.models import MoveKind, StockLevel, StockMove, Warehouse

OPERATOR = Actor(ActorKind.PERSON, "ana@shop.example", permissions=frozenset(Permission), every_role=True)
"""A person who may do everything."""

ADDRESS = {
    "name": "Ion Popescu",
    "street": "Str. Lungă 1",
    "city": "Brașov",
    "county": "Brașov",
    "postcode": "500001",
    "country": "RO",
    "phone": "0722000111",
}

_serial = count(1)


def actor_with(*permissions: Permission, roles: Collection[str] = (), label: str = "dan@shop.example") -> Actor:
    """A person who may do only this, and holds only these roles."""
    return Actor(ActorKind.PERSON, label, permissions=frozenset(permissions), roles=frozenset(roles))


async def make_channel(
    session: AsyncSession,
    *,
    slug: str | None = None,
    connector: str = "woocommerce",
    warehouse: str = MAIN_WAREHOUSE,
    invoice_at: InvoiceAt = InvoiceAt.MANUAL,
    auto_confirm: bool = False,
    auto_delivery_note: bool = False,
    **fields: Any,
) -> Channel:
    """A channel of the default warehouse and series."""
    slug = slug or f"shop-{next(_serial)}"
    now = utc_now()
    channel = Channel(
        id=new_id(),
        slug=slug,
        title=slug.title(),
        connector=connector,
        invoice_at=invoice_at,
        auto_confirm=auto_confirm,
        auto_delivery_note=auto_delivery_note,
        warehouse_id=await session.scalar(select(Warehouse.id).where(Warehouse.code == warehouse)),
        invoice_series_id=await session.scalar(select(InvoiceSeries.id).where(InvoiceSeries.prefix == INVOICE_PREFIX)),
        credit_series_id=await session.scalar(select(InvoiceSeries.id).where(InvoiceSeries.prefix == CREDIT_PREFIX)),
        created_at=now,
        updated_at=now,
        **{"currency": "RON", "enabled": True, "settings": {}, **fields},
    )
    session.add(channel)
    await session.flush()
    return channel


async def make_variant(
    session: AsyncSession,
    sku: str | None = None,
    price: str | Decimal | None = "100.00",
    vat_rate: str | Decimal | None = "21",
    stock: int | Decimal = 0,
    *,
    warehouse: str = MAIN_WAREHOUSE,
    **fields: Any,
) -> Variant:
    """A variant; `stock` is received into the warehouse, with the move that explains it."""
    sku = sku or f"SKU-{next(_serial)}"
    now = utc_now()
    product = Product(id=new_id(), name=f"Product {sku}", created_at=now, updated_at=now)
    variant = Variant(
        id=new_id(),
        product_id=product.id,
        sku=sku,
        price=None if price is None else Decimal(price),
        vat_rate=None if vat_rate is None else Decimal(vat_rate),
        created_at=now,
        updated_at=now,
        **{"name": f"Product {sku}", "currency": "RON", "active": True, **fields},
    )
    session.add(product)
    await session.flush()
    session.add(variant)
    await session.flush()
    if stock:
        await add_stock(session, variant, stock, warehouse=warehouse)
    return variant


async def add_stock(
    session: AsyncSession, variant: Variant, quantity: int | Decimal, *, warehouse: str = MAIN_WAREHOUSE
) -> None:
    """More of a variant in the warehouse, with the move that explains it."""
    warehouse_id = await session.scalar(select(Warehouse.id).where(Warehouse.code == warehouse))
    assert warehouse_id is not None
    level = await session.get(StockLevel, (warehouse_id, variant.id), populate_existing=True)
    if level is None:
        level = StockLevel(warehouse_id=warehouse_id, variant_id=variant.id, on_hand=Decimal(0), reserved=Decimal(0))
        session.add(level)
    level.on_hand += Decimal(quantity)
    session.add(
        StockMove(
            id=new_id(),
            at=utc_now(),
            warehouse_id=warehouse_id,
            variant_id=variant.id,
            kind=MoveKind.RECEIPT,
            quantity=Decimal(quantity),
            reason="test",
            actor=OPERATOR.label,
        )
    )
    await session.flush()


async def make_customer(session: AsyncSession, *, name: str = "Ion Popescu", **fields: Any) -> Customer:
    now = utc_now()
    customer = Customer(id=new_id(), name=name, created_at=now, updated_at=now, **fields)
    session.add(customer)
    await session.flush()
    return customer


Line = tuple[Variant, int | str | Decimal]


async def make_order(
    session: AsyncSession,
    lines: int | Sequence[Line] = 1,
    *,
    channel: Channel | None = None,
    status: Status = Status.DRAFT,
    payment_kind: PaymentKind | None = PaymentKind.ON_DELIVERY,
    charges: Sequence[NewCharge] = (),
    payments: Sequence[NewPayment] = (),
    customer: Customer | None = None,
    stock: int = 10,
    actor: Actor = OPERATOR,
    **fields: Any,
) -> Order:
    """An order with its lines and charges loaded.

    `lines` are (variant, quantity) pairs, or how many lines of one piece each, of new variants with `stock` in the
    warehouse. `fields` are those of `NewOrder` (billing, test, external_id...). It starts in `status` as an imported
    order does: nothing is reserved; move it for that.
    """
    channel = channel or await make_channel(session)
    customer = customer or await make_customer(session)
    if isinstance(lines, int):
        lines = [(await make_variant(session, stock=stock), 1) for _ in range(lines)]
    [order] = await place_orders(
        session,
        actor,
        [
            NewOrder(
                channel_id=channel.id,
                lines=[new_line(variant, quantity) for variant, quantity in lines],
                charges=charges,
                payments=payments,
                status=status,
                payment_kind=payment_kind,
                customer_id=customer.id,
                **{"currency": "RON", "shipping": ADDRESS, "billing": ADDRESS, **fields},
            )
        ],
    )
    return await load_order(session, order.id)


def new_line(variant: Variant, quantity: int | str | Decimal = 1, **fields: Any) -> NewLine:
    """A line of a variant at its price."""
    quantity = Decimal(quantity)
    price = variant.price if variant.price is not None else Decimal(0)
    amounts = line_amounts(quantity, price, tax_rate=variant.vat_rate)
    return NewLine(
        variant_id=variant.id,
        sku=variant.sku,
        name=variant.name,
        quantity=quantity,
        unit_price=price,
        subtotal=amounts.subtotal,
        tax_rate=variant.vat_rate,
        tax=amounts.tax,
        total=amounts.total,
        **fields,
    )


async def load_order(session: AsyncSession, order_id: Any) -> Order:
    """The order as the database has it now, with lines and charges."""
    await session.flush()
    return (
        await session.scalars(
            select(Order)
            .where(Order.id == order_id)
            .options(selectinload(Order.lines), selectinload(Order.charges))
            .execution_options(populate_existing=True)
        )
    ).one()
