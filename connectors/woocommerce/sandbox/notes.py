"""Notes of an order: the store's own among them, newest second first. They move no date and send no webhook."""

from .orders import existing
from .shop import Shop, gmt
from .wire import Call, Doc, Reply, WpError, created, links


def list_notes(shop: Shop, call: Call) -> Reply:
    """`GET orders/{id}/notes`: within one second in the order in which they were written, as recorded."""
    order = existing(shop, call.ids[0])
    found = sorted(shop.notes[order["id"]], key=lambda note: note["at"], reverse=True)
    return Reply(body=[_rendered(shop, order, note) for note in found])


def make_note(shop: Shop, call: Call) -> Reply:
    """`POST orders/{id}/notes`; one for the customer is mailed."""
    order = existing(shop, call.ids[0])
    if not call.body.get("note"):
        raise WpError(400, "rest_missing_callback_param", "Missing parameter(s): note", data={"params": ["note"]})
    to_customer = call.body.get("customer_note") is True
    note = shop.note(order["id"], str(call.body["note"]), to_customer=to_customer)
    if to_customer:
        shop.note(order["id"], 'Email "Customer note" sent.')
    return created(f"orders/{order['id']}/notes/{note['id']}", _rendered(shop, order, note))


def _rendered(shop: Shop, order: Doc, note: Doc) -> Doc:
    up = f"orders/{order['id']}"
    return {
        "id": note["id"],
        "author": "WooCommerce",
        "date_created": shop.local(note["at"]),
        "date_created_gmt": gmt(note["at"]),
        "note": note["note"],
        "customer_note": note["customer_note"],
        "_links": links(f"{up}/notes/{note['id']}", allow="GET, DELETE", up=up),
    }
