"""The fifth scene: parcels are scanned until they are delivered, and the store is told."""

from functools import partial

from .desk import BY_INNOSHIP, BY_TOWN_COURIER
from .expectation import expect, until
from .far_sides import Doc
from .scenery import Scenery

_SCANS = (
    (2, "București", "PICKED_UP"),
    (20, "Sibiu", "IN_TRANSIT"),
    (30, "Cluj-Napoca", "OUT_FOR_DELIVERY"),
    (100, "Cluj-Napoca", "DELIVERED"),
)
_TRACKING_KEY = "_tracking_number"


def parcels(play: Scenery) -> None:
    play.tell.scene("On the road")
    awbs = {}
    for name in (*BY_INNOSHIP, BY_TOWN_COURIER):
        order = play.until_status(name, "SHIPPING")
        awbs[name] = next(one["awb"] for one in order["shipments"] if one["awb"])
        _told(play, name, "processing", awbs[name])
    play.tell.did(f"{len(awbs)} orders are Shipping, and the store knows their AWB numbers")
    _scan(play, [awbs[name] for name in BY_INNOSHIP])
    order = play.order(BY_TOWN_COURIER)
    delivered = play.api.ask("Move", input={"id": order["id"], "to": "DELIVERED", "reason": "the courier phoned"})
    expect("the order moved by hand", delivered["status"], "DELIVERED")
    play.tell.did("the town courier has no tracking: its order was moved to Delivered by hand")
    for name, awb in awbs.items():
        play.until_status(name, "DELIVERED")
        _told(play, name, "completed", awb)
    play.tell.did(f"{len(awbs)} orders are Delivered, and completed in the store")


def _scan(play: Scenery, awbs: list[str]) -> None:
    for status, locality, word in _SCANS:
        for awb in awbs:
            play.innoship.scan(awb, status, locality)
        play.innoship.push(play.tracking_address, awbs)
        for name in BY_INNOSHIP:
            until(
                f"the parcel of {name} is {word}",
                partial(_statuses, play, name),
                lambda statuses, word=word: word in statuses,  # type: ignore[misc]
            )
        play.tell.did(f"{len(awbs)} parcels scanned in {locality}: {word}")


def _statuses(play: Scenery, name: str) -> list[str]:
    return [one["status"] for one in play.order(name)["shipments"]]


def _told(play: Scenery, name: str, status: str, awb: str) -> Doc:
    def there() -> Doc:
        found: Doc = play.store.state()["orders"][play.placed[name]]
        return found

    return until(
        f"the store says {status} of {name}, with its AWB number",
        there,
        lambda seen: seen["status"] == status and seen["meta"].get(_TRACKING_KEY) == awb,
    )
