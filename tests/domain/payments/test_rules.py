"""The payment state follows from the sums, and nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.models import PaymentState
from domain.payments.rules import due, payment_state

cents = st.decimals(min_value=0, max_value=1000, places=2)


@pytest.mark.spec("ORD-5")
@pytest.mark.parametrize(
    ("total", "paid", "refunded", "state", "left"),
    [
        ("100", "0", "0", PaymentState.UNPAID, "100"),
        ("100", "99.99", "0", PaymentState.PARTLY_PAID, "0.01"),
        ("100", "100", "0", PaymentState.PAID, "0"),
        ("100", "120", "0", PaymentState.PAID, "0"),
        ("0", "0", "0", PaymentState.PAID, "0"),
        ("100", "100", "30", PaymentState.PARTLY_REFUNDED, "0"),
        ("100", "50", "10", PaymentState.PARTLY_REFUNDED, "50"),
        ("100", "100", "100", PaymentState.REFUNDED, "100"),
    ],
)
def test_state_and_what_is_due(total: str, paid: str, refunded: str, state: PaymentState, left: str) -> None:
    sums = (Decimal(total), Decimal(paid), Decimal(refunded))
    assert payment_state(*sums) is state
    assert due(*sums) == Decimal(left)


@pytest.mark.spec("ORD-5")
@given(cents, cents)
def test_an_order_is_paid_exactly_when_nothing_is_due(total: Decimal, paid: Decimal) -> None:
    assert (payment_state(total, paid) is PaymentState.PAID) is (due(total, paid) == 0)
