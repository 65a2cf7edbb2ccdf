"""An order as the store keeps it: amounts as decimals, times as times. Blank, or read from a recorded body."""

from decimal import Decimal

from .shop import Shop, order_key, read_gmt
from .totals import kept
from .wire import Doc

ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country")
TOTALS = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
PARTS = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines")
TEXTS = (
    "payment_method",
    "payment_method_title",
    "transaction_id",
    "customer_ip_address",
    "customer_user_agent",
    "created_via",
    "customer_note",
    "cart_hash",
)


def blank(shop: Shop, *, number: int | None = None, created_via: str = "rest-api") -> Doc:
    """An order with nothing in it yet."""
    now = shop.gmt()
    return {
        "id": number or next(shop.post_ids),
        "parent_id": 0,
        "status": "pending",
        "currency": shop.reference["settings"]["general/woocommerce_currency"]["value"],
        "prices_include_tax": shop.prices_include_tax,
        "created": now,
        "modified": now,
        "completed": None,
        "paid": None,
        "order_key": order_key(),
        "customer_id": 0,
        "billing": {**dict.fromkeys(ADDRESS, ""), "email": "", "phone": ""},
        "shipping": {**dict.fromkeys(ADDRESS, ""), "phone": ""},
        **dict.fromkeys(TEXTS, ""),
        "created_via": created_via,
        **{name: Decimal(0) for name in TOTALS},
        **{name: [] for name in PARTS},
        "meta_data": [],
        "refunds": [],
    }


def from_body(shop: Shop, body: Doc, *, number: int | None = None) -> Doc:
    """An order with the contents of a recorded one; dates and the order key are its own.

    A product that the store does not know is made, with the line's id, name and SKU.
    """
    order = blank(shop, number=number)
    order |= {name: body[name] for name in ("status", "currency", "prices_include_tax", "parent_id", "customer_id")}
    order |= {name: body[name] for name in TEXTS}
    order |= {name: {**order[name], **body[name]} for name in ("billing", "shipping")}
    order |= {name: Decimal(body[name]) for name in TOTALS}
    order["meta_data"] = [shop.meta(entry["key"], entry["value"]) for entry in body["meta_data"]]
    order["paid"] = order["created"] if read_gmt(body["date_paid_gmt"]) else None
    order["completed"] = order["created"] if read_gmt(body["date_completed_gmt"]) else None
    for name in PARTS:
        order[name] = [_part(shop, part) for part in body[name]]
    for line in order["line_items"]:
        _know_product(shop, line)
        product = shop.products.get(line["variation_id"] or line["product_id"])
        line["tax_status"] = product["tax_status"] if product else "taxable"
    return order


def _part(shop: Shop, part: Doc) -> Doc:
    found: Doc = {name: value for name, value in part.items() if name not in ("total_tax", "subtotal_tax")}
    found["id"] = next(shop.item_ids)
    found["meta_data"] = [
        {**entry, "id": next(shop.meta_ids)} for entry in part["meta_data"] if entry["key"] != "_reduced_stock"
    ]
    for name in ("total", "subtotal", "tax_total", "shipping_tax_total", "discount", "discount_tax"):
        if name in part:
            found[name] = Decimal(part[name])
    found["taxes"] = [
        {
            "id": tax["id"],
            "total": Decimal(tax["total"]),
            "subtotal": Decimal(tax["subtotal"]) if tax["subtotal"] else "",
        }
        for tax in part.get("taxes", [])
    ]
    if "price" in part:
        _unround(found, Decimal(str(part["price"])))
    return {"tax_status": "taxable", **found}


def _unround(line: Doc, price: Decimal) -> None:
    """The net of a line with its six decimals, which the price still tells."""
    exact = kept(price * line["quantity"])
    if line["subtotal"] == line["total"]:
        line["subtotal"] = exact
    line["total"] = exact


def _know_product(shop: Shop, line: Doc) -> None:
    number = line["variation_id"] or line["product_id"]
    if number and number not in shop.products:
        model = next(product for product in shop.reference["products"] if product["type"] == "simple")
        shop.products[number] = {
            **model,
            "id": number,
            "name": line["name"],
            "slug": f"product-{number}",
            "sku": line["sku"] or "",
            "global_unique_id": "",
            "parent_id": line["product_id"] if line["variation_id"] else 0,
            "type": "variation" if line["variation_id"] else "simple",
            "images": [],
            "tax_class": line["tax_class"],
            "manage_stock": False,
            "stock_quantity": None,
        }


def find_meta(part: Doc, key: str) -> Doc | None:
    return next((entry for entry in part["meta_data"] if entry["key"] == key), None)
