"""The fifth scene: from the delivery note to the AWB and its label, also where the courier says no, or nothing."""

from typing import Any

from .api import Answer
from .desk import BY_INNOSHIP, BY_TOWN_COURIER, LOST_ANSWER, NO_ADDRESS, PREPAID
from .expectation import expect, until
from .scenery import BY_HAND, INNOSHIP, Scenery

_TYPED_IN = "TC-2026-000123"
_PARCELS = (
    {"lengthCm": 30, "widthCm": 20, "heightCm": 15, "weightKg": "1.4"},
    {"lengthCm": 40, "widthCm": 30, "heightCm": 20, "weightKg": "2.75"},
)
_ADDRESS = {
    "name": "Ana Plugin",
    "street": "Str. Nouă nr. 2",
    "city": "Sibiu",
    "county": "SB",
    "postcode": "550010",
    "country": "RO",
    "phone": "0700000020",
}


def courier_desk(play: Scenery) -> None:
    play.tell.scene("The packing table")
    for name in BY_INNOSHIP:
        packing_list = _packed(play, name, 2 if name == PREPAID else 1)
        asked = {"packingList": packing_list, "account": INNOSHIP}
        if name == LOST_ANSWER:
            play.innoship.break_down({"kind": "lost_answer", "match": "POST /api/Order"})
        if name == NO_ADDRESS:
            play.refused("CreateAwb", "COURIER_REFUSED", input=asked)
            _complete_address(play, name)
        shipment = _awb(play, name, asked)
        again = play.api.ask("CreateAwb", input=asked)
        expect("the AWB, asked for twice", again["awb"], shipment["awb"])
        _label(play, shipment)
    by_hand = {"packingList": _packed(play, BY_TOWN_COURIER, 1), "account": BY_HAND, "awb": _TYPED_IN}
    expect("the number that was typed in", _awb(play, BY_TOWN_COURIER, by_hand)["awb"], _TYPED_IN)


def _packed(play: Scenery, name: str, parcels: int) -> str:
    """From the delivery note to the approved packing list, whose id is returned."""
    note = play.api.ask("CreateDeliveryNote", input={"order": play.order(name)["id"]})
    packing = play.api.ask("CreatePackingList", input={"deliveryNote": note["id"]})
    if name == PREPAID:
        unweighed = {key: value for key, value in _PARCELS[0].items() if key != "weightKg"}
        play.refused("Pack", "PARCEL_INCOMPLETE", input={"id": packing["id"], "parcels": [unweighed]})
    play.api.ask("Pack", input={"id": packing["id"], "parcels": list(_PARCELS[:parcels])})
    approved: Answer = play.api.ask("ApprovePackingList", id=packing["id"])
    expect("the packing list", approved["state"], "APPROVED")
    words = "1 parcel" if parcels == 1 else f"{parcels} parcels"
    play.tell.did(f"delivery note {note['number']}, packing list {packing['number']} with {words}, approved")
    found: str = packing["id"]
    return found


def _complete_address(play: Scenery, name: str) -> None:
    order = play.order(name)
    edit = {"id": order["id"], "expectedVersion": order["version"], "shippingAddress": _ADDRESS}
    play.api.ask("EditAddress", input=edit)
    play.tell.did(f"the address of order {order['number']} was completed")


def _awb(play: Scenery, name: str, asked: dict[str, Any]) -> Answer:
    shipment = play.api.ask("CreateAwb", input=asked)
    if shipment["status"] == "UNKNOWN":
        play.tell.refused("the courier's answer was lost: the AWB is neither made nor not made, it is asked about")
    found: Answer = until(
        f"order {name} has its AWB",
        lambda: next(one for one in play.order(name)["shipments"] if one["id"] == shipment["id"]),
        lambda one: one["awb"] is not None,
    )
    cash = f", {found['cashOnDelivery']['amount']} to collect" if found["cashOnDelivery"] else ""
    play.tell.did(f"order {play.order(name)['number']}: AWB {found['awb']} by {found['courier']}{cash}")
    return found


def _label(play: Scenery, shipment: Answer) -> None:
    _, pdf = until(
        f"the label of {shipment['awb']} is there",
        lambda: play.api.fetch(shipment["labelUrl"]),
        lambda answer: answer[0] == 200,
    )
    expect("the first bytes of the label", pdf[:5], b"%PDF-")
    play.tell.did(f"its label: {len(pdf)} bytes of PDF")
