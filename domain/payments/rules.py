"""Pure rules of payments."""

from decimal import Decimal

from domain.kernel.money import ZERO
from domain.orders.models import PaymentState


def payment_state(total: Decimal, paid: Decimal, refunded: Decimal = ZERO) -> PaymentState:
    """The payment state that follows from the sums (spec ORD-5); an order that costs nothing is paid."""
    if refunded > 0:
        return PaymentState.REFUNDED if refunded >= paid else PaymentState.PARTLY_REFUNDED
    if paid >= total:
        return PaymentState.PAID
    return PaymentState.PARTLY_PAID if paid > 0 else PaymentState.UNPAID


def due(total: Decimal, paid: Decimal, refunded: Decimal = ZERO) -> Decimal:
    """What is still to be paid; never below zero. A part given back is not due again; all given back is."""
    if refunded > 0 and refunded >= paid:
        return max(total, ZERO)
    return max(total - paid, ZERO)
