"""Rules of discounts for tests that need them in the database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Product, ProductGroup, Variant
from domain.customers.models import Customer, CustomerGroup, CustomerGroupMember
from domain.discounts.models import DiscountLog, DiscountUse, Formal, TradeDiscount
from domain.discounts.rules import voucher_key
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.models import Order, OrderDiscount, OrderLine
from tests.support.builders import load_order


async def make_rule(
    session: AsyncSession, value: str = "10", *, formal: Formal = Formal.PERCENT, **fields: Any
) -> TradeDiscount:
    """A rule in force since yesterday that asks for nothing; flushed."""
    now = utc_now()
    voucher = fields.get("voucher")
    dimensions: dict[str, Any] = dict.fromkeys(
        ("clients", "client_groups", "items", "item_groups", "channels", "stores"), ()
    )
    rule = TradeDiscount(
        **{
            "id": new_id(),
            "name": f"{value} off",
            "formal": formal,
            "value": Decimal(value),
            "currency": "RON" if formal is Formal.AMOUNT or "minimum_order_value" in fields else None,
            "voucher_key": voucher_key(voucher) if voucher else None,
            "starts_at": now - timedelta(days=1),
            "created_at": now,
            "updated_at": now,
            **{name: list(ids) for name, ids in dimensions.items()},
            **fields,
        }
    )
    session.add(rule)
    await session.flush()
    return rule


async def put_in_group(session: AsyncSession, customer: Customer, slug: str = "vip") -> CustomerGroup:
    group = CustomerGroup(id=new_id(), slug=slug, name=slug.upper(), created_at=utc_now())
    session.add(group)
    await session.flush()
    session.add(CustomerGroupMember(customer_id=customer.id, group_id=group.id))
    await session.flush()
    return group


async def group_product(session: AsyncSession, variant: Variant, parent: ProductGroup | None = None) -> ProductGroup:
    """Puts the variant's product into a new group (below another)."""
    group = ProductGroup(
        id=new_id(),
        slug=f"group-{variant.sku.lower()}",
        name="Group",
        parent_id=parent.id if parent else None,
        created_at=utc_now(),
    )
    session.add(group)
    await session.flush()
    (await session.get_one(Product, variant.product_id)).group_id = group.id
    await session.flush()
    return group


async def uses(session: AsyncSession, rule: TradeDiscount) -> int:
    return await session.scalar(select(func.count()).where(DiscountUse.rule_id == rule.id)) or 0


async def log_of(session: AsyncSession, order: Order) -> list[DiscountLog]:
    await session.flush()
    rows = await session.scalars(
        select(DiscountLog).where(DiscountLog.order_id == order.id).order_by(DiscountLog.sku, DiscountLog.id)
    )
    return list(rows)


async def accounted(session: AsyncSession, order_id: Any) -> Order:
    """The order as the database has it, after proving that its discount is its lines', its rules' and its log's."""
    order = await load_order(session, order_id)
    for table, amount in (
        (OrderLine, OrderLine.discount),
        (OrderDiscount, OrderDiscount.amount),
        (DiscountLog, DiscountLog.saved),
    ):
        total = await session.scalar(select(func.coalesce(func.sum(amount), 0)).where(table.order_id == order.id))
        assert total == order.discount_total, table
    return order
