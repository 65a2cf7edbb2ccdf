"""Refusals of the warehouse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class IncompleteParcel:
    """A parcel and the fields that it lacks, in the words of the API."""

    number: int
    missing: tuple[str, ...]


class ParcelIncomplete(Refusal):
    """Sizes or weights are missing; without them no AWB (spec FUL-2)."""

    code = "PARCEL_INCOMPLETE"

    def __init__(self, parcels: Iterable[IncompleteParcel]) -> None:
        self.parcels: Sequence[IncompleteParcel] = tuple(parcels)
        text = "; ".join(f"parcel {parcel.number} lacks {', '.join(parcel.missing)}" for parcel in self.parcels)
        super().__init__(f"Fill in the sizes (cm) and weights (kg) first: {text}.", path=("parcels",))
