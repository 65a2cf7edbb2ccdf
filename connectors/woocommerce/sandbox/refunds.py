"""Refunds: negative copies of an order's lines. Refusals are 500 with a bare 500 as data, and final.

Proven: the total of the order stays; refunding all of it turns the status to refunded; a refund by amount has no lines;
`api_refund` is true unless said, and no gateway of this store can refund;
lines go back into stock.
"""

from decimal import Decimal, InvalidOperation

from . import totals
from .listing import dated, page
from .orders import existing, saved
from .render import line as rendered_line
from .render import money
from .shop import Shop, gmt
from .statuses import restock, set_status
from .wire import Call, Doc, Reply, WpError, created, links

_REFUSED = "woocommerce_rest_cannot_create_order_refund"


def list_refunds(shop: Shop, call: Call) -> Reply:
    """`GET orders/{id}/refunds`."""
    order = existing(shop, call.ids[0])
    return page(call, dated(shop, call, order["refunds"]), lambda refund: _rendered(shop, order, refund))


def list_all(shop: Shop, call: Call) -> Reply:
    """`GET refunds`: of all orders, with the order's id."""
    found = [refund for order in shop.orders.values() for refund in order["refunds"]]

    def render(refund: Doc) -> Doc:
        shown = _rendered(shop, shop.orders[refund["order"]], refund)
        return {"id": shown.pop("id"), "parent_id": refund["order"], **shown}

    return page(call, dated(shop, call, found), render)


def get_refund(shop: Shop, call: Call) -> Reply:
    order = existing(shop, call.ids[0])
    return Reply(body=_rendered(shop, order, _one(order, call.ids[1])))


def make_refund(shop: Shop, call: Call) -> Reply:
    """`POST orders/{id}/refunds`."""
    order = existing(shop, call.ids[0])
    amount = _amount(call.body)
    left = order["total"] - sum((refund["amount"] for refund in order["refunds"]), totals.ZERO)
    if not 0 < amount <= left:
        raise WpError(500, _REFUSED, "Invalid refund amount.", data=500)
    if call.body.get("api_refund", True):
        message = "The payment gateway for this order does not support automatic refunds."
        raise WpError(500, _REFUSED, message, data=500)
    now = shop.gmt()
    refund: Doc = {
        "id": next(shop.post_ids),
        "order": order["id"],
        "created": now,
        "modified": now,
        "amount": amount,
        "reason": call.body.get("reason", ""),
        "meta_data": [shop.meta("_refund_type", "full" if amount == left else "partial")],
        "line_items": [_line(shop, order, entry) for entry in call.body.get("line_items", [])],
    }
    order["refunds"].append(refund)
    if call.body.get("api_restock", True):
        for entry in call.body.get("line_items", []):
            restock(shop, _ordered(order, entry), int(entry.get("quantity", 0)))
    if amount == left:
        set_status(shop, order, "refunded")
    saved(shop, order)
    # The pattern of the route, where its order's id should stand: as recorded.
    return created(f"orders/(?P<order_id>[\\d]+)/refunds/{refund['id']}", _rendered(shop, order, refund))


def delete_refund(shop: Shop, call: Call) -> Reply:
    """Only for good, and the order's date does not move."""
    if call.params.get("force", "") not in ("true", "1"):
        raise WpError(501, "woocommerce_rest_trash_not_supported", "Refunds do not support trashing.")
    order = existing(shop, call.ids[0])
    refund = _one(order, call.ids[1])
    order["refunds"].remove(refund)
    return Reply(body=_rendered(shop, order, refund))


def _one(order: Doc, number: int) -> Doc:
    refunds: list[Doc] = order["refunds"]
    found = next((refund for refund in refunds if refund["id"] == number), None)
    if found is None:
        raise WpError(404, "woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID.")
    return found


def _amount(body: Doc) -> Decimal:
    try:
        return Decimal(str(body.get("amount", 0)))
    except InvalidOperation:
        return totals.ZERO


def _ordered(order: Doc, entry: Doc) -> Doc:
    lines: list[Doc] = order["line_items"]
    line = next((line for line in lines if line["id"] == entry.get("id")), None)
    if line is None:
        raise WpError(500, _REFUSED, "Invalid order item.", data=500)
    return line


def _line(shop: Shop, order: Doc, entry: Doc) -> Doc:
    """A line of the order, turned round."""
    line = _ordered(order, entry)
    net = -Decimal(str(entry.get("refund_total", 0)))
    taxes = [(tax["id"], -Decimal(str(tax["refund_total"]))) for tax in entry.get("refund_tax", [])]
    meta = shop.meta("_refunded_item_id", str(line["id"]))
    return {
        **line,
        "id": next(shop.item_ids),
        "quantity": -int(entry.get("quantity", 0)),
        "subtotal": net,
        "total": net,
        "taxes": [{"id": number, "total": tax, "subtotal": tax} for number, tax in taxes],
        "meta_data": [{**meta, "display_key": meta["key"], "display_value": meta["value"]}],
    }


def _rendered(shop: Shop, order: Doc, refund: Doc) -> Doc:
    path = f"orders/{order['id']}/refunds/{refund['id']}"
    return {
        "id": refund["id"],
        "date_created": shop.local(refund["created"]),
        "date_created_gmt": gmt(refund["created"]),
        "amount": money(refund["amount"], 2),
        "reason": refund["reason"],
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": refund["meta_data"],
        "line_items": [rendered_line(shop, line, 2) for line in refund["line_items"]],
        "shipping_lines": [],
        "tax_lines": _tax_lines(order, refund),
        "fee_lines": [],
        "_links": links(path, allow="GET, DELETE", up=f"orders/{order['id']}"),
    }


def _tax_lines(order: Doc, refund: Doc) -> list[Doc]:
    found = []
    for known in order["tax_lines"]:
        taxes = [
            tax["total"] for line in refund["line_items"] for tax in line["taxes"] if tax["id"] == known["rate_id"]
        ]
        if taxes:
            shown = {name: value for name, value in known.items() if name != "taxes"}
            amounts = {"tax_total": money(sum(taxes), 2), "shipping_tax_total": money(0, 2)}
            found.append({**shown, "id": refund["line_items"][0]["id"] + 1, **amounts})
    return found
