"""What the couriers' refusals say."""

from domain.kernel.refusals import Problem
from domain.shipping.errors import CourierRefused


def test_reasons_are_joined_without_doubled_full_stops() -> None:
    refusal = CourierRefused(
        "innoship",
        [
            Problem(("recipient", "phone"), "required", "The recipient's phone is missing."),
            Problem(("recipient", "city"), "invalid", "Value of field AddressTo.City is not valid"),
        ],
    )
    assert refusal.message == (
        "innoship refused: The recipient's phone is missing; Value of field AddressTo.City is not valid. "
        "Mend it and ask again."
    )
