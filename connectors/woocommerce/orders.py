"""An order of WooCommerce in the contract's words. Pure: the same bytes give the same order, whenever."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from omnisales_sdk import (
    ExternalAddress,
    ExternalCharge,
    ExternalCustomer,
    ExternalDiscount,
    ExternalOrder,
    ExternalRefund,
    Ignored,
    RawItem,
    hookimpl,
)

from .lines import line
from .payments import payments
from .settings import Ctx
from .statuses import VOCABULARY
from .values import Json, amount, identity, mapping, meta, records, text, unreadable, utc, version

_NAMES = ("first_name", "last_name")
_STREET = ("address_1", "address_2")


@hookimpl
def parse_order(ctx: Ctx, item: RawItem) -> ExternalOrder | Ignored:
    """Translates an order. `total` is the store's; whatever the parts differ from it is for the host to book.

    Drafts and orders in the bin are ignored with the reason, and so is an error object in the place of an order.
    """
    order = _object(item)
    status = text(order, "status")
    if "id" not in order:
        return Ignored(
            reason=f"the store sent an error in the place of the order: {text(order, 'message') or 'no message'}",
            external_id=item.external_id or None,
            error=True,
        )
    if status in VOCABULARY.statuses_ignored:
        return Ignored(reason=VOCABULARY.statuses_ignored[status], external_id=item.external_id)
    return _order(ctx, order, status)


def _object(item: RawItem) -> Json:
    try:
        order = json.loads(item.body)
    except ValueError:
        order = None
    if not isinstance(order, Mapping):
        raise unreadable("the payload is no JSON object", item.external_id)
    return order


def _order(ctx: Ctx, order: Json, status: str) -> ExternalOrder:
    number = str(order["id"])
    placed_at = utc(order, "date_created_gmt")
    currency = text(order, "currency")
    if placed_at is None or not currency or not status or order.get("total") in (None, ""):
        raise unreadable("date_created_gmt, currency, status and total must all be there", number)
    rates = _rates(order)
    return ExternalOrder(
        external_id=number,
        # For people only: a numbering plugin may change it, or make it repeat.
        number=text(order, "number") or number,
        status=status,
        currency=currency,
        placed_at=placed_at,
        total=amount(order, "total"),
        version=version(order),
        lines=tuple(line(entry, rates) for entry in records(order, "line_items")),
        customer=_customer(ctx, order),
        billing=_address(mapping(order, "billing")),
        shipping=_shipping(order),
        charges=_charges(order),
        discounts=_discounts(order),
        payments=payments(ctx, order, status),
        refunds=_refunds(order),
        payment_method=text(order, "payment_method"),
        payment_title=text(order, "payment_method_title"),
        # Buyers' text comes unescaped: what looks like an entity is what they typed.
        note=str(order.get("customer_note") or "").strip(),
        delivery_point=_delivery_point(ctx, order),
        extra=_extra(ctx, order),
    )


def _rates(order: Json) -> dict[str, Decimal]:
    """Tax rates by id, in percent; older versions do not tell them."""
    return {
        str(tax.get("rate_id")): amount(tax, "rate_percent")
        for tax in records(order, "tax_lines")
        if tax.get("rate_percent") not in (None, "")
    }


def _address(fields: Json) -> ExternalAddress | None:
    """None when nothing of it is filled in but perhaps the country or the phone."""
    if not any(text(fields, name) for name in (*_NAMES, *_STREET, "company", "city", "postcode")):
        return None
    country = text(fields, "country")
    return ExternalAddress(
        name=_joined(fields, _NAMES, " "),
        company=text(fields, "company"),
        street=_joined(fields, _STREET, ", "),
        city=text(fields, "city"),
        # Some countries' codes repeat the country: DE-BE.
        county=text(fields, "state").removeprefix(f"{country}-"),
        postcode=text(fields, "postcode"),
        country=country,
        phone=text(fields, "phone"),
        email=text(fields, "email"),
    )


def _shipping(order: Json) -> ExternalAddress | None:
    """The shipping address; an empty one means that of the bill, and it may lack the phone."""
    billing = mapping(order, "billing")
    fields = mapping(order, "shipping")
    own = _address({**fields, "phone": text(fields, "phone") or text(billing, "phone")})
    return own or _address(billing)


def _customer(ctx: Ctx, order: Json) -> ExternalCustomer:
    billing = mapping(order, "billing")
    return ExternalCustomer(
        external_id=identity(order.get("customer_id")),
        name=_joined(billing, _NAMES, " "),
        email=text(billing, "email"),
        phone=text(billing, "phone"),
        company=text(billing, "company"),
        tax_id=meta(order, ctx.settings.tax_id_meta_key),
    )


def _charges(order: Json) -> tuple[ExternalCharge, ...]:
    """Shipping (several lines, or none) and fees (discount plugins make negative ones)."""
    shipping = [
        ExternalCharge(
            kind="shipping",
            title=text(entry, "method_title"),
            amount=amount(entry, "total"),
            tax=amount(entry, "total_tax"),
            code=text(entry, "method_id"),
        )
        for entry in records(order, "shipping_lines")
    ]
    fees = [
        ExternalCharge(
            kind="fee", title=text(entry, "name"), amount=amount(entry, "total"), tax=amount(entry, "total_tax")
        )
        for entry in records(order, "fee_lines")
    ]
    return (*shipping, *fees)


def _discounts(order: Json) -> tuple[ExternalDiscount, ...]:
    """Why lines cost less than their subtotal. `discount_total` without a coupon: a price was lowered by hand."""
    coupons = tuple(
        ExternalDiscount(code=text(entry, "code"), amount=amount(entry, "discount"))
        for entry in records(order, "coupon_lines")
    )
    by_hand = amount(order, "discount_total")
    return coupons or ((ExternalDiscount(code="", amount=by_hand),) if by_hand else ())


def _refunds(order: Json) -> tuple[ExternalRefund, ...]:
    """Refunds leave the order's total as it was; their own total is negative."""
    return tuple(
        ExternalRefund(
            external_id=str(entry.get("id")), amount=abs(amount(entry, "total")), reason=text(entry, "reason")
        )
        for entry in records(order, "refunds")
    )


def _delivery_point(ctx: Ctx, order: Json) -> str:
    key = ctx.settings.delivery_point_meta_key
    places = (order, *records(order, "shipping_lines"))
    return next((found for place in places if (found := meta(place, key))), "")


def _extra(ctx: Ctx, order: Json) -> dict[str, Any]:
    """What has no place in the contract. `order_key` opens customer links without a log-in, and stays out."""
    values = {
        "tax_id": meta(order, ctx.settings.tax_id_meta_key),
        "registration_number": meta(order, ctx.settings.registration_meta_key),
        "created_via": text(order, "created_via"),
        "transaction_id": text(order, "transaction_id"),
        "parent_id": identity(order.get("parent_id")),
    }
    return {name: value for name, value in values.items() if value}


def _joined(fields: Json, names: tuple[str, ...], between: str) -> str:
    return between.join(filter(None, (text(fields, name) for name in names)))
