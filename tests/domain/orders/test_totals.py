"""Totals add up to the ban, whatever the lines and charges."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flows.place import NewCharge, NewLine
from domain.orders.models import ChargeKind
from domain.orders.totals import Totals, line_amounts, order_totals

cents = st.decimals(min_value=0, max_value=10**7, places=2)
signed_cents = st.decimals(min_value=-(10**5), max_value=10**5, places=2)
quantities = st.decimals(min_value="0.001", max_value=10**4, places=3)
prices = st.decimals(min_value=0, max_value=10**5, places=6)
rates = st.none() | st.decimals(min_value=0, max_value=100, places=2)


def is_cents(amount: Decimal) -> bool:
    return amount == amount.quantize(Decimal("0.01"))


@pytest.mark.spec("ORD-10")
@pytest.mark.parametrize(
    ("quantity", "price", "rate", "expected"),
    [
        ("3", "33.335", "21", ("100.01", "21.00", "121.01")),  # 100.005 is rounded half up
        ("1", "0.005", "21", ("0.01", "0.00", "0.01")),
        ("2", "50", None, ("100.00", "0.00", "100.00")),
        ("1", "2.50", "9", ("2.50", "0.23", "2.73")),  # 0.225 is rounded half up
        ("0.333", "9.99", "11", ("3.33", "0.37", "3.70")),
    ],
)
def test_a_line_is_rounded_half_up_once_per_amount(
    quantity: str, price: str, rate: str | None, expected: tuple[str, str, str]
) -> None:
    amounts = line_amounts(Decimal(quantity), Decimal(price), tax_rate=None if rate is None else Decimal(rate))
    assert (str(amounts.subtotal), str(amounts.tax), str(amounts.total)) == expected


@pytest.mark.spec("ORD-10")
@given(quantities, prices, rates)
def test_a_lines_parts_are_its_total_and_off_by_less_than_a_ban(
    quantity: Decimal, price: Decimal, rate: Decimal | None
) -> None:
    amounts = line_amounts(quantity, price, tax_rate=rate)
    assert amounts.total == amounts.subtotal - amounts.discount + amounts.tax
    assert all(map(is_cents, (amounts.subtotal, amounts.tax, amounts.total)))
    assert abs(amounts.subtotal - quantity * price) <= Decimal("0.005")
    assert abs(amounts.tax - amounts.subtotal * (rate or 0) / 100) <= Decimal("0.005")


lines = st.builds(
    lambda subtotal, discount, tax: NewLine(
        name="x",
        quantity=Decimal(1),
        unit_price=subtotal,
        subtotal=subtotal,
        discount=discount,
        tax=tax,
        total=subtotal - discount + tax,
    ),
    cents,
    cents,
    cents,
)
charges = st.builds(
    lambda kind, amount, tax: NewCharge(kind=kind, title="x", amount=amount, tax=tax),
    st.sampled_from(ChargeKind),
    signed_cents,
    signed_cents,
)


@pytest.mark.spec("ORD-10")
@given(st.lists(lines, max_size=20), st.lists(charges, max_size=6))
def test_an_orders_total_is_the_sum_of_its_lines_and_charges_with_their_taxes(
    some_lines: list[NewLine], some_charges: list[NewCharge]
) -> None:
    totals = order_totals(some_lines, some_charges)
    assert totals.total == sum(line.total for line in some_lines) + sum(c.amount + c.tax for c in some_charges)
    assert totals.total == (
        totals.subtotal - totals.discount_total + totals.fee_total + totals.shipping_total + totals.tax_total
    )
    assert totals.tax_total == sum(line.tax for line in some_lines) + sum(charge.tax for charge in some_charges)


def test_rounding_counts_as_a_fee_and_shipping_stands_apart() -> None:
    def charge(kind: ChargeKind, amount: str) -> NewCharge:
        return NewCharge(kind=kind, title=kind, amount=Decimal(amount))

    assert order_totals(
        (),
        [charge(ChargeKind.FEE, "5.00"), charge(ChargeKind.ROUNDING, "-0.01"), charge(ChargeKind.SHIPPING, "15.00")],
    ) == Totals(
        subtotal=Decimal("0.00"),
        discount_total=Decimal("0.00"),
        fee_total=Decimal("4.99"),
        shipping_total=Decimal("15.00"),
        tax_total=Decimal("0.00"),
        total=Decimal("19.99"),
    )
