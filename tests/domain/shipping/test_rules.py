from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.channels.models import PaymentKind
from domain.shipping.models import ShipmentStatus
from domain.shipping.rules import Scan, cash_to_collect, latest_state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def scan(minutes: int, status: ShipmentStatus | None, code: str = "x") -> Scan:
    return Scan(at=NOON + timedelta(minutes=minutes), code=code, text=code, status=status)


@pytest.mark.spec("FUL-5")
@given(st.permutations(range(5)))
def test_the_latest_scan_decides_in_whatever_order_they_come(order: list[int]) -> None:
    scans = [
        scan(0, ShipmentStatus.PICKED_UP),
        scan(10, ShipmentStatus.IN_TRANSIT),
        scan(20, ShipmentStatus.OUT_FOR_DELIVERY),
        scan(30, ShipmentStatus.DELIVERED),
        scan(40, None, "unknown"),
    ]
    state = latest_state([scans[index] for index in order])
    assert state is not None
    assert state.status is ShipmentStatus.DELIVERED


def test_a_delivery_at_the_same_moment_as_another_scan_decides() -> None:
    state = latest_state([scan(0, ShipmentStatus.DELIVERED), scan(0, ShipmentStatus.OUT_FOR_DELIVERY)])
    assert state is not None
    assert state.status is ShipmentStatus.DELIVERED


def test_scans_without_a_meaning_decide_nothing() -> None:
    assert latest_state([scan(0, None)]) is None


@pytest.mark.spec("FUL-4")
@pytest.mark.parametrize(
    ("kind", "paid", "others", "collected"),
    [
        (PaymentKind.ON_DELIVERY, "0", "0", "100"),
        (PaymentKind.ON_DELIVERY, "40", "0", "60"),
        (PaymentKind.ON_DELIVERY, "0", "100", None),
        (PaymentKind.ON_DELIVERY, "100", "0", None),
        (PaymentKind.PREPAID, "0", "0", None),
        (PaymentKind.ON_ACCOUNT, "0", "0", None),
        (None, "0", "0", None),
    ],
)
def test_the_courier_collects_what_is_due_once(
    kind: PaymentKind | None, paid: str, others: str, collected: str | None
) -> None:
    amount = cash_to_collect(kind, Decimal(100), Decimal(paid), Decimal(others))
    assert amount == (None if collected is None else Decimal(collected))
