"""Which service, courier and option a shipment asks for, written as one text that people and offers share."""

from dataclasses import dataclass

TITLES = {
    "1": "National standard",
    "6": "National same-day",
    "11": "National cargo",
    "12": "National pallet",
    "2": "eMAG Marketplace",
    "3": "Locker",
    "4": "Pick-up point",
    "5": "International, road",
    "51": "International, air",
    "53": "International locker",
    "54": "International pick-up point",
}
"""Innoship's service numbers (its published table of services). There is none for "express": an express product of a
courier comes as an offer with an option of its own."""

POINT_SERVICES = frozenset({3, 4, 53, 54})
PALLET_SERVICE = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """`courier` None: Innoship's rules choose one. `option` names a product of the courier."""

    service: int
    courier: int | None = None
    option: str | None = None

    def __str__(self) -> str:
        parts = (self.courier, self.service, self.option)
        return ":".join(str(part) for part in parts if part is not None)


def parse_choice(text: str) -> Choice:
    """Reads "service", "courier:service" or "courier:service:option"; `ValueError` says what is wrong."""
    parts = text.strip().split(":", 2)
    numbers = parts[:2]
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in numbers):
        raise ValueError(f"{text!r} is no service of Innoship: say service, courier:service or courier:service:option")
    if len(parts) == 1:
        return Choice(int(parts[0]))
    return Choice(int(parts[1]), int(parts[0]), (parts[2] if len(parts) == 3 else "") or None)
