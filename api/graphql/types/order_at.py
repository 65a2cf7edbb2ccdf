"""An order as it was at a moment, from its history alone (spec ORD-8)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from api.graphql.fields import attribute
from domain.orders import models as orders
from domain.orders.models import PaymentState
from domain.orders.rebuild import Rebuilt

from .enums import ApproveStatus, OrderStatus
from .money import Money, money, plain, unit_price
from .order import ChargeKind, order_status


@strawberry.type(description="A line as it was.")
class LineAt:
    sku: str | None = attribute("The SKU when it was ordered.")
    name: str = attribute("The name when it was ordered.")
    quantity: Decimal = attribute("How many.")
    unit_price: Money = attribute("Without tax and before discount.")
    subtotal: Money = attribute("Quantity x unit price, without tax and before discount.")
    discount: Money = attribute("Without tax.")
    tax: Money = attribute("The tax.")
    total: Money = attribute("With tax, after discount.")


@strawberry.type(description="A charge as it was.")
class ChargeAt:
    kind: ChargeKind = attribute("What it is for.")
    title: str = attribute("As the channel calls it.")
    amount: Money = attribute("Without tax; fees may be negative.")
    tax: Money = attribute("The tax.")


@strawberry.type(description="An order as its history tells that it was.")
class OrderAt:
    id: strawberry.ID = attribute("The order.")
    at: datetime = attribute("The moment that was asked for.")
    seq: int = attribute("The last event of its history until then.")
    status: OrderStatus = attribute("Where it was on its way.")
    status_since: datetime = attribute("Since when it had that status.")
    approve_status: ApproveStatus | None = attribute("The approval; null: no rule asked.")
    payment_state: PaymentState = attribute("What had been paid.")
    currency: str = attribute("ISO 4217.")
    subtotal: Money = attribute("The lines, without tax and before discount.")
    discount_total: Money = attribute("All discounts, without tax.")
    fee_total: Money = attribute("Fees and rounding, without tax.")
    shipping_total: Money = attribute("Shipping, without tax.")
    tax_total: Money = attribute("All taxes.")
    total: Money = attribute("What was to be paid.")
    lines: list[LineAt] = attribute("The lines as they were.", size=4)
    charges: list[ChargeAt] = attribute("Shipping, fees and rounding as they were.", size=2)


def make_order_at(order_id: strawberry.ID, at: datetime, currency: str, built: Rebuilt) -> OrderAt:
    def sum_of(name: str) -> Money:
        return money(getattr(built.totals, name), currency)

    def amount(part: dict[str, Any], name: str) -> Money:
        return money(Decimal(part[name]), currency)

    return OrderAt(
        id=order_id,
        at=at,
        seq=built.seq,
        status=order_status(built.status),
        status_since=built.since,
        approve_status=None if built.approve_status is None else ApproveStatus(built.approve_status),
        payment_state=built.payment_state,
        currency=currency,
        subtotal=sum_of("subtotal"),
        discount_total=sum_of("discount_total"),
        fee_total=sum_of("fee_total"),
        shipping_total=sum_of("shipping_total"),
        tax_total=sum_of("tax_total"),
        total=sum_of("total"),
        lines=[
            LineAt(
                sku=line["sku"],
                name=line["name"],
                quantity=plain(Decimal(line["quantity"])),
                unit_price=unit_price(Decimal(line["unit_price"]), currency),
                subtotal=amount(line, "subtotal"),
                discount=amount(line, "discount"),
                tax=amount(line, "tax"),
                total=amount(line, "total"),
            )
            for line in built.lines
        ],
        charges=[
            ChargeAt(
                kind=ChargeKind(orders.ChargeKind(charge["kind"])),
                title=charge["title"],
                amount=amount(charge, "amount"),
                tax=amount(charge, "tax"),
            )
            for charge in built.charges
        ],
    )
