"""What a change of status sets off: dates, notes, stock. No order of moves is enforced.

Proven: completing sets date_completed, and date_paid where it was empty; on-hold, processing and completed take stock;
pending, cancelled and failed give it back; the bin does not.
"""

from .documents import find_meta
from .render import needs_processing, product_of
from .shop import Shop
from .wire import Doc

_TAKES_STOCK = frozenset({"on-hold", "processing", "completed"})
_GIVES_STOCK = frozenset({"pending", "cancelled", "failed"})
_MAILS = {
    "processing": ("New order", "Processing order"),
    "on-hold": ("New order", "Order on-hold"),
    "completed": ("Completed order",),
    "cancelled": ("Cancelled order",),
    "refunded": ("Refunded order",),
}


def set_status(shop: Shop, order: Doc, status: str) -> None:
    """Moves an order, from wherever it is; the same status again changes nothing but the date that every save moves."""
    was = order["status"]
    if was == status:
        return
    order["status"] = status
    if order["paid"] is None and status in _paid_at(shop, order):
        order["paid"] = shop.gmt()
    if status == "completed":
        order["completed"] = shop.gmt()
    follow_stock(shop, order)
    names = shop.statuses
    shop.note(order["id"], f"Order status changed from {names.get(was, was)} to {names.get(status, status)}.")
    for mail in _MAILS.get(status, ()):
        shop.note(order["id"], f'Email "{mail}" sent.')


def _paid_at(shop: Shop, order: Doc) -> frozenset[str]:
    """The statuses in which WooCommerce takes an order for paid: with cash on delivery only when it is completed."""
    if order["payment_method"] != "cod" and needs_processing(shop, order):
        return frozenset({"processing", "completed"})
    return frozenset({"completed"})


def follow_stock(shop: Shop, order: Doc) -> None:
    """Takes or gives back what the lines hold, once: `_reduced_stock` on a line tells how much is out."""
    if order["status"] in _TAKES_STOCK:
        moved = [text for line in order["line_items"] if (text := _take(shop, line))]
        if moved:
            shop.note(order["id"], f"Stock levels reduced: {', '.join(moved)}")
    if order["status"] in _GIVES_STOCK:
        moved = [text for line in order["line_items"] if (text := give_back(shop, line))]
        if moved:
            shop.note(order["id"], f"Stock levels increased: {', '.join(moved)}")


def _take(shop: Shop, line: Doc) -> str | None:
    product = product_of(shop, line)
    if product is None or product["manage_stock"] is not True or find_meta(line, "_reduced_stock"):
        return None
    quantity = str(line["quantity"])
    shown = {"display_key": "_reduced_stock", "display_value": quantity}
    line["meta_data"].append({**shop.meta("_reduced_stock", quantity), **shown})
    return _move(shop, line, product, -line["quantity"])


def give_back(shop: Shop, line: Doc) -> str | None:
    product, taken = product_of(shop, line), find_meta(line, "_reduced_stock")
    if product is None or taken is None:
        return None
    line["meta_data"].remove(taken)
    return _move(shop, line, product, int(taken["value"]))


def restock(shop: Shop, line: Doc, quantity: int) -> None:
    """Refunded pieces go back; the line remembers how many are still out, and how many came back."""
    product, taken = product_of(shop, line), find_meta(line, "_reduced_stock")
    if product is None or taken is None or not quantity:
        return
    left = str(int(taken["value"]) - quantity)
    taken |= {"value": left, "display_value": left}
    back = {"display_key": "_restock_refunded_items", "display_value": str(quantity)}
    line["meta_data"].append({**shop.meta("_restock_refunded_items", str(quantity)), **back})
    _move(shop, line, product, quantity)


def _move(shop: Shop, line: Doc, product: Doc, by: int) -> str:
    before = product["stock_quantity"]
    product["stock_quantity"] = before + by
    product["stock_status"] = "instock" if product["stock_quantity"] > 0 else "outofstock"
    shop.happened("product.updated", product["id"])
    return f"{line['name']} ({before}&rarr;{product['stock_quantity']})"
