"""When WooCommerce's facts prove that an order was paid.

WooCommerce keeps no payments, only `date_paid` and perhaps the gateway's `transaction_id`. The date alone proves
little: completing an order sets it, for cash on delivery and for orders without any method, and it stays when staff
move the order back. So an order counts as paid when it has the date, its status does not say that money is awaited,
and either the gateway gave a transaction, or its method is one that is paid before shipping (with a bank transfer, the
date is set when staff saw the money and moved the order on).
"""

from omnisales_sdk import ExternalPayment

from .settings import Ctx
from .values import Json, amount, text, utc

_AWAITING_MONEY = frozenset({"pending", "on-hold", "failed"})


def payments(ctx: Ctx, order: Json, status: str) -> tuple[ExternalPayment, ...]:
    """The one payment of an order, of its whole total, or none."""
    paid_at = utc(order, "date_paid_gmt")
    transaction = text(order, "transaction_id")
    method = text(order, "payment_method")
    beforehand = method and method not in ctx.settings.cash_on_delivery
    total = amount(order, "total")
    if paid_at is None or status in _AWAITING_MONEY or not (transaction or beforehand) or total <= 0:
        return ()
    return (ExternalPayment(external_id=transaction or f"{order['id']}", amount=total, method=method, at=paid_at),)
