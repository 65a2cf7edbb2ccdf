"""What a body does to an order, new or old.

A body with an address, a line, a fee or a coupon makes the store recalculate taxes and totals; status and meta data
alone do not. Assumed: which of several wrong things in one body is refused first.
"""

from collections.abc import Iterable
from decimal import Decimal

from .documents import find_meta
from .params import one_of
from .shop import Shop
from .statuses import follow_stock, give_back, set_status
from .totals import ZERO, apply_coupon, price_line, recalculate
from .wire import INVALID_TYPE, Doc, WpError, invalid_param, slugged

_RECALCULATING = ("billing", "shipping", "line_items", "shipping_lines", "fee_lines", "coupon_lines")
_FREE_TEXTS = ("payment_method", "payment_method_title", "transaction_id", "customer_note")
_TYPES: tuple[tuple[str, type, str], ...] = (
    ("customer_id", int, "integer"),
    ("customer_note", str, "string"),
    ("payment_method", str, "string"),
    ("payment_method_title", str, "string"),
    ("transaction_id", str, "string"),
    ("billing", dict, "object"),
    ("shipping", dict, "object"),
    ("meta_data", list, "array"),
    ("line_items", list, "array"),
    ("shipping_lines", list, "array"),
    ("fee_lines", list, "array"),
    ("coupon_lines", list, "array"),
)


def check(shop: Shop, body: Doc) -> None:
    """The schema: statuses that the shop knows (without the prefix of its data base), and types."""
    if "status" in body:
        one_of("status", body["status"], ("auto-draft", *shop.statuses))
    for name, kind, word in _TYPES:
        if name in body and (not isinstance(body[name], kind) or isinstance(body[name], bool)):
            raise invalid_param(name, f"{name} is not of type {word}.", INVALID_TYPE)


def apply(shop: Shop, order: Doc, body: Doc) -> None:
    """Everything in a body but its status. Raises `WpError` for a customer, product or coupon that cannot be."""
    _set_customer(shop, order, body)
    order |= {name: body[name] for name in (*_FREE_TEXTS, "currency") if name in body}
    for name in ("billing", "shipping"):
        order[name] = {**order[name], **body.get(name, {})}
    _set_meta(shop, order, body.get("meta_data", []))
    _set_lines(shop, order, body.get("line_items", []))
    order["shipping_lines"] += [_charge(shop, entry) for entry in body.get("shipping_lines", [])]
    order["fee_lines"] += [_charge(shop, entry) for entry in body.get("fee_lines", [])]
    if any(name in body for name in _RECALCULATING) and not _only_quantities(body):
        recalculate(shop, order)
    _set_coupons(shop, order, body.get("coupon_lines", []))


def _set_customer(shop: Shop, order: Doc, body: Doc) -> None:
    if "customer_id" not in body:
        return
    if body["customer_id"] not in {0, *(customer["id"] for customer in shop.reference["customers"])}:
        raise WpError(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.")
    order["customer_id"] = body["customer_id"]


def finish(shop: Shop, order: Doc, body: Doc) -> None:
    """The status, and `set_paid` in its place: the last step of a write, after everything else was taken."""
    if body.get("set_paid") is True:
        order["paid"] = order["paid"] or shop.gmt()
    if "status" in body:
        set_status(shop, order, body["status"])


def _set_meta(shop: Shop, order: Doc, entries: Iterable[Doc]) -> None:
    """With an id: replaced, or removed by null. Without: the entry of the same key is replaced, or one is added."""
    for entry in entries:
        known = next((meta for meta in order["meta_data"] if meta["id"] == entry.get("id")), None)
        known = known or find_meta(order, entry["key"])
        if known is None:
            order["meta_data"].append(shop.meta(entry["key"], entry["value"]))
        elif entry["value"] is None:
            order["meta_data"].remove(known)
        else:
            known |= {"key": entry["key"], "value": entry["value"]}


def _only_quantities(body: Doc) -> bool:
    """A quantity alone leaves the amounts of its line as they are: the recorded trap."""
    lines = body.get("line_items", [])
    return set(body) == {"line_items"} and all(set(line) == {"id", "quantity"} and line["quantity"] for line in lines)


def _set_lines(shop: Shop, order: Doc, entries: Iterable[Doc]) -> None:
    for entry in entries:
        if "id" not in entry:
            order["line_items"].append(new_line(shop, entry))
            continue
        line = next((line for line in order["line_items"] if line["id"] == entry["id"]), None)
        if line is None:
            raise WpError(
                400, "woocommerce_rest_invalid_item_id", "Order item ID provided is not associated with order."
            )
        if entry.get("quantity") == 0:
            give_back(shop, line)
            order["line_items"].remove(line)
            continue
        line |= {name: Decimal(str(entry[name])) for name in ("subtotal", "total") if name in entry}
        if "quantity" in entry:
            give_back(shop, line)
            line["quantity"] = entry["quantity"]
            follow_stock(shop, order)


def new_line(shop: Shop, entry: Doc) -> Doc:
    """A line for a product, named by id or SKU. A product that does not exist makes an empty line, not an error."""
    product = _product(shop, entry)
    line: Doc = {
        "id": next(shop.item_ids),
        "name": entry.get("name") or (product["name"] if product else ""),
        "product_id": 0,
        "variation_id": 0,
        "quantity": entry.get("quantity", 1),
        "tax_class": product["tax_class"] if product else "",
        "tax_status": product["tax_status"] if product else "taxable",
        "subtotal": ZERO,
        "total": ZERO,
        "taxes": [],
        "meta_data": [],
    }
    if product:
        of_variation = {"product_id": product["parent_id"], "variation_id": product["id"]}
        line |= of_variation if product["type"] == "variation" else {"product_id": product["id"]}
        line["meta_data"] = [_attribute(shop, entry) for entry in product["attributes"] if "option" in entry]
        price_line(shop, line, product)
    line |= {name: Decimal(str(entry[name])) for name in ("subtotal", "total") if name in entry}
    return line


def _product(shop: Shop, entry: Doc) -> Doc | None:
    if not entry.get("product_id") and not entry.get("sku"):
        raise WpError(400, "woocommerce_rest_required_product_reference", "Product ID or SKU is required.")
    if entry.get("sku"):
        return next((product for product in shop.products.values() if product["sku"] == entry["sku"]), None)
    return shop.products.get(entry.get("variation_id") or entry["product_id"])


def _attribute(shop: Shop, attribute: Doc) -> Doc:
    option = attribute["option"]
    return {
        **shop.meta(attribute["slug"], slugged(option)),
        "display_key": attribute["name"],
        "display_value": option,
    }


def _charge(shop: Shop, entry: Doc) -> Doc:
    total = Decimal(str(entry.get("total") or 0))
    common = {"id": next(shop.item_ids), "total": total, "taxes": [], "tax_status": "taxable", "meta_data": []}
    if "method_id" in entry:
        names = ("method_title", "method_id", "instance_id")
        return {**common, **{name: str(entry.get(name, "")) for name in names}}
    fee = {"name": entry.get("name", ""), "tax_class": entry.get("tax_class", ""), "amount": ""}
    return {**common, **fee, "tax_status": entry.get("tax_status", "taxable")}


def _set_coupons(shop: Shop, order: Doc, entries: Iterable[Doc]) -> None:
    for entry in entries:
        code = str(entry.get("code", "")).lower()
        coupon = shop.coupons.get(code)
        if coupon is None:
            message = f"Coupon &quot;{code}&quot; cannot be applied because it does not exist."
            raise WpError(400, "woocommerce_rest_invalid_coupon", message)
        discount, tax = apply_coupon(shop, order, coupon)
        kind = None if coupon["discount_type"] == "fixed_cart" else coupon["discount_type"]
        number = "null" if kind is None else f'"{kind}"'
        info = f'[{coupon["id"]},"{code}",{number},{coupon["amount"]}]'
        order["coupon_lines"].append(
            {
                "id": next(shop.item_ids),
                "code": code,
                "discount": discount,
                "discount_tax": tax,
                "meta_data": [{**shop.meta("coupon_info", info), "display_key": "coupon_info", "display_value": info}],
                "discount_type": coupon["discount_type"],
                "nominal_amount": coupon["amount"],
                "free_shipping": False,
            }
        )
        recalculate(shop, order)
