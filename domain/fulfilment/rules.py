"""Pure rules of delivery notes and parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from domain.kernel.refusals import Problem

from .errors import IncompleteParcel

K = TypeVar("K")
NOTHING = Decimal(0)
MAX_SIZE_CM = Decimal(2000)
MAX_WEIGHT_KG = Decimal(5000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSizes:
    """A parcel as it was measured: cm and kg."""

    length_cm: Decimal | None = None
    width_cm: Decimal | None = None
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None


FIELDS = {
    "lengthCm": ("length_cm", MAX_SIZE_CM),
    "widthCm": ("width_cm", MAX_SIZE_CM),
    "heightCm": ("height_cm", MAX_SIZE_CM),
    "weightKg": ("weight_kg", MAX_WEIGHT_KG),
}


def incomplete(parcels: Sequence[ParcelSizes]) -> list[IncompleteParcel]:
    """The parcels that lack a size or the weight; a list without parcels lacks all of the first one."""
    if not parcels:
        return [IncompleteParcel(1, tuple(FIELDS))]
    found = []
    for number, parcel in enumerate(parcels, start=1):
        missing = tuple(name for name, (field, _) in FIELDS.items() if getattr(parcel, field) is None)
        if missing:
            found.append(IncompleteParcel(number, missing))
    return found


def absurd(parcels: Sequence[ParcelSizes]) -> list[Problem]:
    """Sizes that no parcel can have."""
    return [
        Problem(
            ("parcels", str(index), name),
            "OUT_OF_RANGE",
            f"{name} of parcel {index + 1} is {value:f}: give a number above 0 and up to {limit}.",
        )
        for index, parcel in enumerate(parcels)
        for name, (field, limit) in FIELDS.items()
        if (value := getattr(parcel, field)) is not None and not NOTHING < value <= limit
    ]


def remaining(ordered: Mapping[K, Decimal], noted: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """What of each line is on no delivery note yet; lines with nothing left are left out."""
    left = {line: quantity - noted.get(line, NOTHING) for line, quantity in ordered.items()}
    return {line: quantity for line, quantity in left.items() if quantity > NOTHING}
