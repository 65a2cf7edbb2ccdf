"""The fourth scene: the operator's clicks, from confirmation to the AWB, with what the system refuses on the way."""

from typing import Any

from .api import Answer
from .expectation import expect, until
from .scenery import BY_HAND, INNOSHIP, Scenery

SCARCE = "oana-shirts"
PREPAID = "simona-office"
LOST_ANSWER = "fees"
BY_INNOSHIP = ("guest-cod", PREPAID, SCARCE, LOST_ANSWER)
BY_TOWN_COURIER = "checkout"
CANCELLED_LATE = "dan-mugs"
HELD = "andrei-mugs"
_TYPED_IN = "TC-2026-000123"
_PARCELS = (
    {"lengthCm": 30, "widthCm": 20, "heightCm": 15, "weightKg": "1.4"},
    {"lengthCm": 40, "widthCm": 30, "heightCm": 20, "weightKg": "2.75"},
)


def desk(play: Scenery) -> None:
    play.tell.scene("The operator's desk")
    _no_is_explained(play)
    for name in (*BY_INNOSHIP, BY_TOWN_COURIER, CANCELLED_LATE):
        _confirm(play, name)
    _hold_and_resume(play)
    _cancelled_after_confirmation(play)
    for name in BY_INNOSHIP:
        _ship(play, name)
    shipment = _awb(play, BY_TOWN_COURIER, _pack(play, BY_TOWN_COURIER, 1), BY_HAND, awb=_TYPED_IN)
    expect("the number that was typed in", shipment["awb"], _TYPED_IN)


def _no_is_explained(play: Scenery) -> None:
    order = play.order("maria-shirt")
    refusal = play.api.refusal("Move", input={"id": order["id"], "to": "DELIVERED"})
    expect("the kind of refusal", refusal["code"], "ILLEGAL_MOVE")
    play.tell.refused(f"{refusal['message']} Legal from here: {', '.join(refusal['legalMoves'])}.")


def _confirm(play: Scenery, name: str) -> None:
    order = play.order(name)
    confirmed = play.api.ask("Confirm", input={"id": order["id"], "expectedVersion": order["version"]})
    if name == SCARCE:
        expect("an order without stock, confirmed", confirmed["status"], "STOCK_UNAVAILABLE")
        play.tell.refused(f"order {confirmed['number']} lacks stock: it waits as {confirmed['status']}")
        play.api.ask("ReceiveStock", input={"lines": [{"sku": "TRIC-RO", "quantity": 10}], "reason": "goods in"})
        confirmed = play.api.ask("Confirm", input={"id": order["id"]})
        play.tell.did("goods came in, and it was confirmed again")
    expect(f"order {name}, confirmed", confirmed["status"], "CONFIRMED")
    (invoice,) = confirmed["invoices"]
    expect("the invoice's total", invoice["total"]["amount"], confirmed["total"]["amount"])
    total = f"{confirmed['total']['amount']} {confirmed['total']['currency']}"
    play.tell.did(f"order {confirmed['number']} ({total}) confirmed, stock reserved, invoice {invoice['number']}")


def _hold_and_resume(play: Scenery) -> None:
    order = play.order(HELD)
    held = play.api.ask("Hold", input={"id": order["id"], "reason": "the buyer asked to wait"})
    expect("the held order", held["status"], "ON_HOLD")
    resumed = play.api.ask("Resume", input={"id": order["id"]})
    expect("the resumed order", resumed["status"], order["status"])
    play.tell.did(f"order {order['number']} held with its reason, and resumed where it was")


def _cancelled_after_confirmation(play: Scenery) -> None:
    play.store.change(play.placed[CANCELLED_LATE], {"status": "cancelled"})
    play.store.deliver()
    order = play.until_status(CANCELLED_LATE, "CANCELLED")
    invoice, credit = order["invoices"]
    expect("the credit note's total", credit["total"]["amount"], f"-{invoice['total']['amount']}")
    play.tell.did(
        f"the store cancelled order {order['number']} after that: stock released, credit note {credit['number']}"
    )


def _ship(play: Scenery, name: str) -> None:
    approved = _pack(play, name, 2 if name == PREPAID else 1)
    if name == LOST_ANSWER:
        play.innoship.break_down({"kind": "lost_answer", "match": "POST /api/Order"})
    shipment = _awb(play, name, approved, INNOSHIP)
    again = play.api.ask("CreateAwb", input={"packingList": approved, "account": INNOSHIP})
    expect("the AWB, asked for twice", again["awb"], shipment["awb"])
    _label(play, shipment)


def _pack(play: Scenery, name: str, parcels: int) -> str:
    """From the delivery note to the approved packing list, whose id is returned."""
    note = play.api.ask("CreateDeliveryNote", input={"order": play.order(name)["id"]})
    packing = play.api.ask("CreatePackingList", input={"deliveryNote": note["id"]})
    if name == PREPAID:
        unweighed = {key: value for key, value in _PARCELS[0].items() if key != "weightKg"}
        refusal = play.api.refusal("Pack", input={"id": packing["id"], "parcels": [unweighed]})
        expect("the kind of refusal", refusal["code"], "PARCEL_INCOMPLETE")
        play.tell.refused(refusal["message"])
    play.api.ask("Pack", input={"id": packing["id"], "parcels": list(_PARCELS[:parcels])})
    approved: Answer = play.api.ask("ApprovePackingList", id=packing["id"])
    expect("the packing list", approved["state"], "APPROVED")
    play.tell.did(
        f"delivery note {note['number']}, packing list {packing['number']} with {parcels} parcel(s), approved"
    )
    found: str = packing["id"]
    return found


def _awb(play: Scenery, name: str, packing_list: str, account: str, **more: Any) -> Answer:
    asked = play.api.ask("CreateAwb", input={"packingList": packing_list, "account": account, **more})
    if asked["status"] == "UNKNOWN":
        play.tell.refused(f"the courier's answer was lost: {asked['attention']}")
    order = until(
        f"order {name} has its AWB",
        lambda: play.order(name),
        lambda order: any(one["awb"] for one in order["shipments"]),
    )
    (shipment,) = order["shipments"]
    cash = f", {shipment['cashOnDelivery']['amount']} to collect" if shipment["cashOnDelivery"] else ""
    play.tell.did(f"order {order['number']}: AWB {shipment['awb']} by {shipment['courier']}{cash}")
    found: Answer = shipment
    return found


def _label(play: Scenery, shipment: Answer) -> None:
    _, pdf = until(
        f"the label of {shipment['awb']} is there",
        lambda: play.api.fetch(shipment["labelUrl"]),
        lambda answer: answer[0] == 200,
    )
    expect("the first bytes of the label", pdf[:5], b"%PDF-")
    play.tell.did(f"its label: {len(pdf)} bytes of PDF")
