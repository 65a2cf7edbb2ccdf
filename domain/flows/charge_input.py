"""Shipping and fees as a person enters them, and the charges that they become. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.kernel.money import MAX_AMOUNT, ZERO, to_cents
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem
from domain.orders.models import ChargeKind
from domain.orders.totals import HUNDRED

from .place import NewCharge

MAX_FEES = 50
MAX_FEE = MAX_AMOUNT / 1000
LONGEST_TITLE = 200
SHIPPING = "Shipping"


class Fee(NamedTuple):
    """An amount without tax, two places at most; `tax_rate` in percent, None for no tax.

    A fee may be below zero (a reduction that a store calls a fee), shipping may not.
    """

    amount: Decimal
    tax_rate: Decimal | None = None
    title: str | None = None


def charge_problems(fees: Sequence[Fee], shipping: Fee | None) -> Iterator[Problem]:
    """What is wrong with the fees and the shipping fee, field by field."""
    if len(fees) > MAX_FEES:
        yield Problem(("fees",), "TOO_MANY", f"Use at most {MAX_FEES} fees.")
        return
    for index, fee in enumerate(fees):
        path = ("fees", str(index))
        if not (fee.title or "").strip():
            yield Problem((*path, "title"), "MISSING", "Say what the fee is for.")
        yield from _problems(path, fee, lowest=-MAX_FEE)
    if shipping is not None:
        yield from _problems(("shippingFee",), shipping, lowest=ZERO)


def _problems(path: Path, fee: Fee, lowest: Decimal) -> Iterator[Problem]:
    if not fee.amount.is_finite() or not lowest <= fee.amount <= MAX_FEE or fee.amount != to_cents(fee.amount):
        yield Problem(
            (*path, "amount"),
            "OUT_OF_RANGE",
            f"Give an amount from {lowest:f} to {MAX_FEE:f} with at most two decimals.",
        )
    rate = fee.tax_rate
    if rate is not None and (not rate.is_finite() or not 0 <= rate <= HUNDRED or rate != to_cents(rate)):
        yield Problem((*path, "taxRate"), "OUT_OF_RANGE", "Give percent from 0 to 100 with at most two decimals.")
    problem = text_problem(fee.title, LONGEST_TITLE) if fee.title is not None else None
    if problem:
        yield Problem((*path, "title"), "NOT_A_TEXT", problem)


def fee_charges(fees: Sequence[Fee]) -> list[NewCharge]:
    """The charges of fees that have no problem."""
    return [_charge(ChargeKind.FEE, fee, (fee.title or "").strip()) for fee in fees]


def shipping_charges(shipping: Fee) -> list[NewCharge]:
    """The charge for shipping; none when it is free."""
    if not shipping.amount:
        return []
    return [_charge(ChargeKind.SHIPPING, shipping, (shipping.title or "").strip() or SHIPPING)]


def _charge(kind: ChargeKind, fee: Fee, title: str) -> NewCharge:
    amount = to_cents(fee.amount)
    tax = to_cents(amount * fee.tax_rate / HUNDRED) if fee.tax_rate is not None else ZERO
    return NewCharge(kind=kind, title=title, amount=amount, tax=tax)
