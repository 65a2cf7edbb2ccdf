"""The routes of orders: lists, one, make, change, bin, batch.

`wc/v3/orders` as recorded: PUT, PATCH and POST of one order are the same; a refused coupon leaves a draft behind; the
batch route checks no statuses.
"""

from . import writing
from .documents import blank
from .listing import orders as listed
from .listing import page
from .params import integer, statuses
from .render import order as rendered
from .shop import Shop
from .wire import Call, Doc, Reply, WpError, created, invalid_order_id, picked

MOST_IN_BATCH = 100
_DEFAULTS = (("dp", "2"), ("context", "view"))


def list_orders(shop: Shop, call: Call) -> Reply:
    """`GET orders`. Behind each answer one waiting shift happens: somebody saves an order while the list is read."""
    asked = statuses(shop, call.params)
    places = _places(call)
    reply = page(
        call,
        listed(shop, call),
        lambda order: rendered(shop, order, places=places),
        statuses=asked,
        defaults=_DEFAULTS,
    )
    if shop.shifts:
        saved(shop, shop.orders[shop.shifts.popleft()])
    return reply


def get_order(shop: Shop, call: Call) -> Reply:
    order = existing(shop, call.ids[0])
    return Reply(body=picked(rendered(shop, order, places=_places(call)), call.params.get("_fields")))


def make_order(shop: Shop, call: Call) -> Reply:
    """`POST orders`. No idempotency: sent twice makes two."""
    writing.check(shop, call.body)
    order = make(shop, call.body)
    return created(f"orders/{order['id']}", rendered(shop, order))


def make(shop: Shop, body: Doc, *, created_via: str = "rest-api") -> Doc:
    """A new order, as the API and the checkout make one. Raises `WpError`; a refused coupon leaves a draft behind."""
    order = blank(shop, created_via=created_via)
    try:
        writing.apply(shop, order, body)
    except WpError as error:
        if error.body["code"] != "woocommerce_rest_invalid_coupon":
            raise
        order["status"] = "checkout-draft"
        placed(shop, order)
        error.body["data"]["new_draft_order_id"] = order["id"]
        raise
    shop.orders[order["id"]] = order
    writing.finish(shop, order, body)
    placed(shop, order)
    return order


def placed(shop: Shop, order: Doc, *, updated_first: bool = False) -> None:
    """An order is there: `created` and `updated` go out as twins, from the checkout in the other order."""
    shop.orders[order["id"]] = order
    topics = ("order.updated", "order.created") if updated_first else ("order.created", "order.updated")
    for topic in topics:
        shop.happened(topic, order["id"])


def change_order(shop: Shop, call: Call) -> Reply:
    """`PUT`, `PATCH` and `POST orders/{id}`: any of them moves date_modified, also an empty one."""
    order = existing(shop, call.ids[0], writing=True)
    writing.check(shop, call.body)
    return Reply(body=rendered(shop, written(shop, order, call.body)))


def written(shop: Shop, order: Doc, body: Doc) -> Doc:
    """A write through the API, noted for those who count. Out of the bin it sends nothing."""
    was, revived = order["status"], order["status"] == "trash"
    change(shop, order, body, silent=revived)
    shop.writes[order["id"]].append({"fields": sorted(body), "from": was, "to": order["status"]})
    return order


def change(shop: Shop, order: Doc, body: Doc, *, silent: bool = False) -> None:
    writing.apply(shop, order, body)
    writing.finish(shop, order, body)
    saved(shop, order, silent=silent)


def saved(shop: Shop, order: Doc, *, silent: bool = False) -> None:
    order["modified"] = shop.gmt()
    if not silent:
        shop.happened("order.updated", order["id"])


def delete_order(shop: Shop, call: Call) -> Reply:
    """`DELETE`: to the bin, with order.deleted; with force=true for good, and nobody is told. Answers what was."""
    order = existing(shop, call.ids[0])
    force = call.params.get("force", "") in ("true", "1")
    before = rendered(shop, order)
    if force:
        del shop.orders[order["id"]]
    elif order["status"] == "trash":
        raise WpError(410, "woocommerce_rest_already_trashed", "The shop_order has already been deleted.")
    else:
        binned(shop, order)
    return Reply(body=before)


def binned(shop: Shop, order: Doc) -> None:
    now = shop.gmt()
    order["meta_data"].append(shop.meta("_wp_trash_meta_status", f"wc-{order['status']}"))
    order["meta_data"].append(shop.meta("_wp_trash_meta_time", str(int(now.timestamp()))))
    order["before_trash"] = order["status"]
    order["status"] = "trash"
    order["modified"] = now
    shop.happened("order.deleted", order["id"])


def restored(shop: Shop, order: Doc) -> None:
    """Taken out of the bin in the store's admin."""
    order["status"] = order.pop("before_trash")
    order["modified"] = shop.gmt()
    shop.happened("order.restored", order["id"])


def batch(shop: Shop, call: Call) -> Reply:
    """`POST orders/batch`: 200 also when items failed. TRAP, as recorded: a status that is unknown becomes pending."""
    if sum(len(call.body.get(kind, [])) for kind in ("create", "update", "delete")) > MOST_IN_BATCH:
        message = f"Unable to accept more than {MOST_IN_BATCH} items for this request."
        raise WpError(413, "woocommerce_rest_request_entity_too_large", message)
    return Reply(body={"update": [_in_batch(shop, item) for item in call.body.get("update", [])]})


def _in_batch(shop: Shop, item: Doc) -> Doc:
    body = {name: value for name, value in item.items() if name != "id"}
    if body.get("status", "pending") not in shop.statuses:
        body["status"] = "pending"
    try:
        return rendered(shop, written(shop, existing(shop, item.get("id", 0), writing=True), body))
    except WpError as error:
        return {"id": item.get("id"), "error": error.body}


def list_statuses(shop: Shop, call: Call) -> Reply:
    return Reply(body=[{"slug": slug, "name": name} for slug, name in shop.statuses.items()])


def totals_by_status(shop: Shop, call: Call) -> Reply:
    """`GET reports/orders/totals`."""
    counted = [order["status"] for order in shop.orders.values()]
    return Reply(body=[{"slug": s, "name": n, "total": counted.count(s)} for s, n in shop.statuses.items()])


def existing(shop: Shop, number: int, *, writing: bool = False) -> Doc:
    """Raises `WpError`: 404, or 400 for a write."""
    if number not in shop.orders:
        raise invalid_order_id(writing=writing)
    return shop.orders[number]


def _places(call: Call) -> int:
    return integer("dp", call.params.get("dp", "2"), least=0)
