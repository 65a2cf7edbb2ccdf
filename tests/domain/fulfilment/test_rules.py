from decimal import Decimal

import pytest

from domain.fulfilment.errors import IncompleteParcel, ParcelIncomplete
from domain.fulfilment.rules import ParcelSizes, absurd, incomplete, remaining

WHOLE = ParcelSizes(length_cm=Decimal(30), width_cm=Decimal(20), height_cm=Decimal(10), weight_kg=Decimal(1))


@pytest.mark.spec("FUL-2")
def test_the_refusal_names_each_parcel_and_what_it_lacks() -> None:
    found = incomplete([WHOLE, ParcelSizes(length_cm=Decimal(30), height_cm=Decimal(10))])
    assert found == [IncompleteParcel(2, ("widthCm", "weightKg"))]
    assert ParcelIncomplete(found).message == (
        "Fill in the sizes (cm) and weights (kg) first: parcel 2 lacks widthCm, weightKg."
    )


@pytest.mark.spec("FUL-2")
def test_no_parcels_at_all_lack_everything_of_the_first() -> None:
    assert incomplete([]) == [IncompleteParcel(1, ("lengthCm", "widthCm", "heightCm", "weightKg"))]


@pytest.mark.parametrize("value", ["0", "-1", "2000.1"])
def test_sizes_that_no_parcel_has_are_named_by_their_path(value: str) -> None:
    parcel = ParcelSizes(length_cm=Decimal(value), width_cm=Decimal(1), height_cm=Decimal(1), weight_kg=Decimal(1))
    assert [problem.path for problem in absurd([WHOLE, parcel])] == [("parcels", "1", "lengthCm")]


def test_what_is_on_no_note_yet_remains() -> None:
    ordered = {"a": Decimal(3), "b": Decimal(1), "c": Decimal(2)}
    assert remaining(ordered, {"a": Decimal(1), "b": Decimal(1)}) == {"a": Decimal(2), "c": Decimal(2)}
