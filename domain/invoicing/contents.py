"""What an invoice says: copies of lines and buyer, since what was issued never changes. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from domain.customers.models import Customer
from domain.kernel.database import Json
from domain.kernel.money import ZERO
from domain.orders.models import Order, OrderCharge, OrderLine


def buyer_of(order: Order, customer: Customer | None) -> Json:
    """Name, company, tax id, contact and address of the buyer; what the order says comes before the customer's file."""
    address = dict(order.billing or order.shipping or {})
    file = customer or Customer()
    found = {
        "name": address.pop("name", None) or file.name,
        "company": address.pop("company", None) or file.company,
        "tax_id": order.buyer_tax_id or file.tax_id,
        "email": address.pop("email", None) or file.email,
        "phone": address.pop("phone", None) or file.phone,
        "address": address or None,
    }
    return {name: value for name, value in found.items() if value}


def lines_of(lines: Iterable[OrderLine], charges: Iterable[OrderCharge]) -> list[Json]:
    """Lines and charges as an invoice lists them: net, tax and total of each as text. A line of which nothing is left
    is none."""
    goods = [
        _line(line.sku, line.name, line.quantity, line.subtotal - line.discount, line.tax, line.tax_rate)
        for line in lines
        if line.quantity
    ]
    others = [
        _line(None, charge.title, Decimal(1), charge.amount, charge.tax, None)
        for charge in charges
        if charge.amount or charge.tax
    ]
    return [*goods, *others]


def negated(lines: Iterable[Json]) -> list[Json]:
    """The lines of an invoice with their quantities and amounts turned, for its credit note."""
    return [
        {
            **line,
            **{name: str(ZERO - Decimal(line[name])) for name in ("quantity", "net", "tax", "total")},
        }
        for line in lines
    ]


def _line(sku: str | None, name: str, quantity: Decimal, net: Decimal, tax: Decimal, rate: Decimal | None) -> Json:
    return {
        "sku": sku,
        "name": name,
        "quantity": str(quantity),
        "net": str(net),
        "tax": str(tax),
        "tax_rate": None if rate is None else str(rate),
        "total": str(net + tax),
    }
