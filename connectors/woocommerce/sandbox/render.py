"""An order as the API shows it: 47 keys, in this order. SKUs and images are the products' of this very moment."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .shop import Shop, gmt
from .totals import ZERO, part_tax
from .wire import HOME, Doc, links

VERSION = "11.0.1"
ORDER_METHODS = "GET, POST, PUT, PATCH, DELETE"
_EDITABLE = frozenset({"pending", "on-hold", "auto-draft"})
_PAYABLE = frozenset({"pending", "failed", "checkout-draft"})
_SYMBOLS = {"RON": "lei", "EUR": "€", "USD": "$", "GBP": "£"}
_NO_PRODUCT: Doc = {
    "sku": None,
    "global_unique_id": None,
    "price": None,
    "image": {"id": 0, "src": ""},
    "parent_name": None,
}


def money(value: Any, places: int) -> Any:
    """An amount as text; "" (no amount at all) stays."""
    return value if value == "" else f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def order(shop: Shop, doc: Doc, *, places: int = 2) -> Doc:
    """The full object, webhooks' bodies included."""
    number = doc["id"]
    totals = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
    return {
        **{name: doc[name] for name in ("id", "parent_id", "status", "currency")},
        "version": VERSION,
        "prices_include_tax": doc["prices_include_tax"],
        "date_created": shop.local(doc["created"]),
        "date_modified": shop.local(doc["modified"]),
        **{name: money(doc[name], places) for name in totals},
        **{name: doc[name] for name in ("customer_id", "order_key", "billing", "shipping")},
        **{name: doc[name] for name in ("payment_method", "payment_method_title", "transaction_id")},
        **{name: doc[name] for name in ("customer_ip_address", "customer_user_agent", "created_via", "customer_note")},
        "date_completed": shop.local(doc["completed"]),
        "date_paid": shop.local(doc["paid"]),
        "cart_hash": doc["cart_hash"],
        "number": str(number),
        "meta_data": list(doc["meta_data"]),
        "line_items": [line(shop, entry, places) for entry in doc["line_items"]],
        "tax_lines": [_with_money(entry, places, ("tax_total", "shipping_tax_total")) for entry in doc["tax_lines"]],
        "shipping_lines": [_charge(entry, places, "instance_id") for entry in doc["shipping_lines"]],
        "fee_lines": [_charge(entry, places, "amount") for entry in doc["fee_lines"]],
        # Coupon lines stay at two decimals, whatever was asked for.
        "coupon_lines": [_with_money(entry, 2, ("discount", "discount_tax")) for entry in doc["coupon_lines"]],
        "refunds": [
            {
                **{name: refund[name] for name in ("id", "reason")},
                "total": money(-refund["amount"], places),
                "total_tax": money(sum((part_tax(entry) for entry in refund["line_items"]), ZERO), places),
            }
            for refund in doc["refunds"]
        ],
        "payment_url": f"{HOME}/checkout/order-pay/{number}/?pay_for_order=true&key={doc['order_key']}",
        "is_editable": doc["status"] in _EDITABLE,
        "needs_payment": doc["status"] in _PAYABLE and doc["total"] > 0,
        "needs_processing": needs_processing(shop, doc),
        "date_created_gmt": gmt(doc["created"]),
        "date_modified_gmt": gmt(doc["modified"]),
        "date_completed_gmt": gmt(doc["completed"]),
        "date_paid_gmt": gmt(doc["paid"]),
        "currency_symbol": _SYMBOLS.get(doc["currency"], doc["currency"]),
        "_links": _links(doc),
    }


def product_of(shop: Shop, entry: Doc) -> Doc | None:
    return shop.products.get(entry["variation_id"] or entry["product_id"])


def needs_processing(shop: Shop, doc: Doc) -> bool:
    products = [product_of(shop, entry) for entry in doc["line_items"]]
    return any(product and not (product["virtual"] and product["downloadable"]) for product in products)


def line(shop: Shop, entry: Doc, places: int) -> Doc:
    """A line. Of a product that is no more only name and amounts are left."""
    product = product_of(shop, entry)
    return {
        **{name: entry[name] for name in ("id", "name")},
        "product_id": entry["product_id"] if product else 0,
        "variation_id": entry["variation_id"] if product else 0,
        "quantity": entry["quantity"],
        "tax_class": entry["tax_class"],
        "subtotal": money(entry["subtotal"], places),
        "subtotal_tax": money(part_tax(entry, "subtotal"), places),
        "total": money(entry["total"], places),
        "total_tax": money(part_tax(entry), places),
        "taxes": _taxes(entry, places),
        "meta_data": list(entry["meta_data"]),
        **(_of_product(shop, entry, product) if product else _NO_PRODUCT),
    } | {"price": _price(entry)}


def _of_product(shop: Shop, entry: Doc, product: Doc) -> Doc:
    parent = shop.products.get(product["parent_id"])
    return {
        "sku": product["sku"],
        "global_unique_id": product["global_unique_id"],
        "price": None,
        "image": _image(product),
        "parent_name": parent["name"] if parent else None,
    }


def _image(product: Doc) -> Doc:
    if product["images"]:
        return {"id": str(product["images"][0]["id"]), "src": product["images"][0]["src"]}
    return {"id": 0 if product["type"] == "variation" else "", "src": ""}


def _price(entry: Doc) -> float | int:
    """A float with its noise, or an int where it has no fraction: PHP's division, PHP's JSON."""
    price = float(entry["total"]) / entry["quantity"] if entry["quantity"] else 0.0
    return int(price) if price.is_integer() else price


def _taxes(entry: Doc, places: int) -> list[Doc]:
    return [
        {"id": tax["id"], "total": money(tax["total"], places), "subtotal": money(tax["subtotal"], places)}
        for tax in entry["taxes"]
    ]


def _charge(entry: Doc, places: int, own: str) -> Doc:
    """A shipping or fee line; both carry a key of their own before the amounts."""
    names = ("id", "method_title", "method_id") if own == "instance_id" else ("id", "name", "tax_class", "tax_status")
    last = {"tax_status": entry["tax_status"]} if own == "instance_id" else {}
    return {
        **{name: entry[name] for name in names},
        own: entry[own],
        "total": money(entry["total"], places),
        "total_tax": money(part_tax(entry), places),
        "taxes": _taxes(entry, places),
        **last,
        "meta_data": entry["meta_data"],
    }


def _with_money(entry: Doc, places: int, names: tuple[str, ...]) -> Doc:
    shown = {name: value for name, value in entry.items() if name not in ("taxes", "tax_status")}
    return shown | {name: money(entry[name], places) for name in names}


def _links(doc: Doc) -> Doc:
    path = f"orders/{doc['id']}"
    more: Doc = {
        "email_templates": [{"embeddable": True, "href": f"{HOME}/wp-json/wc/v3/{path}/actions/email_templates"}]
    }
    if doc["customer_id"]:
        more["customer"] = [{"href": f"{HOME}/wp-json/wc/v3/customers/{doc['customer_id']}"}]
    return links(path, allow=ORDER_METHODS, **more)
