"""The fourth scene: the operator's desk. Orders are confirmed, held, cancelled; each no is explained."""

from .expectation import expect
from .scenery import Scenery

SCARCE = "oana-shirts"
PREPAID = "simona-office"
LOST_ANSWER = "fees"
NO_ADDRESS = "line-without-product"
BY_INNOSHIP = ("guest-cod", PREPAID, SCARCE, LOST_ANSWER, NO_ADDRESS)
BY_TOWN_COURIER = "checkout"
_CANCELLED_LATE = "dan-mugs"
_UNPAID = "oana-transfer"
_HELD = "andrei-mugs"


def desk(play: Scenery) -> None:
    play.tell.scene("The operator's desk")
    _no_is_explained(play)
    for name in (*BY_INNOSHIP, BY_TOWN_COURIER, _CANCELLED_LATE):
        _confirm(play, name)
    _hold_and_resume(play)
    _cancelled_after_confirmation(play)


def _no_is_explained(play: Scenery) -> None:
    order = play.order("maria-shirt")
    play.refused("Move", "ILLEGAL_MOVE", input={"id": order["id"], "to": "DELIVERED"})
    stale = order["version"] - 1
    play.refused("Confirm", "STALE_VERSION", input={"id": order["id"], "expectedVersion": stale})
    unpaid = play.order(_UNPAID)
    play.refused("Move", "PAYMENT_MISSING", input={"id": unpaid["id"], "to": "PAID"})


def _confirm(play: Scenery, name: str) -> None:
    order = play.order(name)
    confirmed = play.api.ask("Confirm", input={"id": order["id"], "expectedVersion": order["version"]})
    if name == SCARCE:
        expect("an order without stock, confirmed", confirmed["status"], "STOCK_UNAVAILABLE")
        play.refused("Move", "STOCK_MISSING", input={"id": order["id"], "to": "CONFIRMED"})
        play.api.ask("ReceiveStock", input={"lines": [{"sku": "TRIC-RO", "quantity": 10}], "reason": "goods in"})
        confirmed = play.api.ask("Confirm", input={"id": order["id"]})
        play.tell.did("goods came in, and it was confirmed again")
    expect(f"order {name}, confirmed", confirmed["status"], "CONFIRMED")
    (invoice,) = confirmed["invoices"]
    expect("the invoice's total", invoice["total"]["amount"], confirmed["total"]["amount"])
    total = f"{confirmed['total']['amount']} {confirmed['total']['currency']}"
    play.tell.did(f"order {confirmed['number']} ({total}) confirmed, stock reserved, invoice {invoice['number']}")


def _hold_and_resume(play: Scenery) -> None:
    order = play.order(_HELD)
    held = play.api.ask("Hold", input={"id": order["id"], "reason": "the buyer asked to wait"})
    expect("the held order", held["status"], "ON_HOLD")
    resumed = play.api.ask("Resume", input={"id": order["id"]})
    expect("the resumed order", resumed["status"], order["status"])
    play.tell.did(f"order {order['number']} held with its reason, and resumed where it was")


def _cancelled_after_confirmation(play: Scenery) -> None:
    play.store.change(play.placed[_CANCELLED_LATE], {"status": "cancelled"})
    play.store.deliver()
    order = play.until_status(_CANCELLED_LATE, "CANCELLED")
    invoice, credit = order["invoices"]
    expect("the credit note's total", credit["total"]["amount"], f"-{invoice['total']['amount']}")
    play.tell.did(f"the store then cancelled order {order['number']}: stock released, credit note {credit['number']}")
