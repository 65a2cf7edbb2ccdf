"""How the store computes amounts: prices, taxes, coupons and totals, checked to the ban against recorded orders.

Nets are kept with six decimals, a line's taxes unrounded beside them; each line's tax is rounded by itself. Assumed:
how a fixed coupon is shared where pieces do not divide it evenly.
"""

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from .shop import Shop
from .wire import Doc

ZERO = Decimal(0)
_CENT = Decimal("0.01")
_KEPT = Decimal("0.000001")
_BASE_COUNTRY = "RO"


def cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def kept(value: Decimal) -> Decimal:
    return value.quantize(_KEPT, ROUND_HALF_UP)


def rates(shop: Shop, tax_class: str, country: str) -> list[Doc]:
    wanted = tax_class or "standard"
    return [rate for rate in shop.tax_rates if rate["country"] == country and rate["class"] == wanted]


def _percent(found: list[Doc]) -> Decimal:
    return sum((Decimal(rate["rate"]) for rate in found), ZERO)


def _included(gross: Decimal, found: list[Doc]) -> Decimal:
    """The tax inside a gross amount."""
    percent = _percent(found)
    return gross * percent / (100 + percent)


def price_line(shop: Shop, line: Doc, product: Doc) -> None:
    """Subtotal and total of a line from its product's price, as the shop enters prices."""
    amount = Decimal(product["price"] or 0) * line["quantity"]
    if shop.prices_include_tax and product["tax_status"] == "taxable":
        amount -= _included(amount, rates(shop, product["tax_class"], _BASE_COUNTRY))
    line["subtotal"] = line["total"] = kept(amount)


def apply_coupon(shop: Shop, order: Doc, coupon: Doc) -> tuple[Decimal, Decimal]:
    """Lowers the lines' totals; what the coupon line shows as discount and its tax, which need not agree with them."""
    discount = tax = ZERO
    for line, off in _shares(shop, order, coupon):
        found = rates(shop, line["tax_class"], _BASE_COUNTRY) if line["tax_status"] == "taxable" else []
        if shop.prices_include_tax:
            line_tax = _included(off, found)
            line["total"] -= kept(off - line_tax)
            tax += line_tax.quantize(_CENT, ROUND_HALF_DOWN)
            discount += off - line_tax.quantize(_CENT, ROUND_HALF_DOWN)
        else:
            line["total"] -= kept(off)
            tax += cents(off * _percent(found) / 100)
            discount += off
    return discount, tax


def _shares(shop: Shop, order: Doc, coupon: Doc) -> list[tuple[Doc, Decimal]]:
    """What comes off each line, in the shop's price basis."""
    lines = order["line_items"]
    if coupon["discount_type"] == "percent":
        return [(line, cents(_basis(shop, line) * coupon["amount"] / 100)) for line in lines]
    pieces = sum(line["quantity"] for line in lines)
    each = (Decimal(coupon["amount"]) / pieces).quantize(_CENT, ROUND_DOWN) if pieces else ZERO
    return [(line, min(each * line["quantity"], _basis(shop, line))) for line in lines]


def _basis(shop: Shop, line: Doc) -> Decimal:
    if not shop.prices_include_tax or line["tax_status"] != "taxable":
        return Decimal(line["subtotal"])
    percent = _percent(rates(shop, line["tax_class"], _BASE_COUNTRY))
    return cents(line["subtotal"] * (100 + percent) / 100)


def recalculate(shop: Shop, order: Doc) -> None:
    """Taxes of all parts for the buyer's country, tax lines, and the order's totals.

    This is what a write of an address or a line sets off, and why the total of an order may move under such a write.
    """
    country = order["shipping"].get("country") or order["billing"].get("country") or _BASE_COUNTRY
    for part in (*order["line_items"], *order["shipping_lines"], *order["fee_lines"]):
        found = rates(shop, part.get("tax_class", ""), country) if part["tax_status"] == "taxable" else []
        part["taxes"] = [_taxed(rate, part) for rate in found]
    order["tax_lines"] = _tax_lines(shop, order)
    _total(order)


def _taxed(rate: Doc, part: Doc) -> Doc:
    percent = Decimal(rate["rate"])
    subtotal = kept(part["subtotal"] * percent / 100) if "subtotal" in part else ""
    return {"id": rate["id"], "total": kept(part["total"] * percent / 100), "subtotal": subtotal}


def part_tax(part: Doc, field: str = "total") -> Decimal:
    return sum((cents(tax[field]) for tax in part["taxes"] if tax[field] != ""), ZERO)


def _tax_lines(shop: Shop, order: Doc) -> list[Doc]:
    known = {line["rate_id"]: line["id"] for line in order["tax_lines"]}
    items = (*order["line_items"], *order["fee_lines"])
    used = dict.fromkeys(tax["id"] for part in (*items, *order["shipping_lines"]) for tax in part["taxes"])
    by_id = {rate["id"]: rate for rate in shop.tax_rates}
    return [
        {
            "id": known.get(rate["id"]) or next(shop.item_ids),
            "rate_code": f"{rate['country']}-{rate['name']}-{rate['priority']}",
            "rate_id": rate["id"],
            "label": rate["name"],
            "compound": rate["compound"],
            "tax_total": _of_rate(items, rate["id"]),
            "shipping_tax_total": _of_rate(order["shipping_lines"], rate["id"]),
            "rate_percent": int(Decimal(rate["rate"])),
            "meta_data": [],
        }
        for rate in (by_id[number] for number in used)
    ]


def _of_rate(parts: Any, rate: int) -> Decimal:
    return sum((cents(tax["total"]) for part in parts for tax in part["taxes"] if tax["id"] == rate), ZERO)


def _total(order: Doc) -> None:
    lines = order["line_items"]
    subtotal = sum((cents(line["subtotal"]) for line in lines), ZERO)
    total = sum((cents(line["total"]) for line in lines), ZERO)
    unrounded = [tax["subtotal"] - tax["total"] for line in lines for tax in line["taxes"]]
    order["discount_total"] = subtotal - total
    order["discount_tax"] = cents(sum(unrounded, ZERO))
    order["shipping_total"] = sum((cents(line["total"]) for line in order["shipping_lines"]), ZERO)
    order["shipping_tax"] = sum((part_tax(line) for line in order["shipping_lines"]), ZERO)
    order["cart_tax"] = sum((part_tax(part) for part in (*lines, *order["fee_lines"])), ZERO)
    order["total_tax"] = order["cart_tax"] + order["shipping_tax"]
    fees = sum((cents(fee["total"]) for fee in order["fee_lines"]), ZERO)
    order["total"] = total + fees + order["shipping_total"] + order["total_tax"]
