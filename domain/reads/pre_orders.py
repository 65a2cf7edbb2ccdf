"""Orders whose promised date nears (spec PRE-1)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.orders.models import Order
from domain.orders.status import Status

from .keyset import Page, Sort, Window, beyond, page_of

BY_PROMISE = Sort("pre_orders", date.fromisoformat)

NOT_CONFIRMED = (
    Status.DRAFT,
    Status.PROCESSING,
    Status.PENDING_PAYMENT,
    Status.PAID,
    Status.ON_HOLD,
    Status.STOCK_UNAVAILABLE,
)


async def pre_orders_page(connection: AsyncConnection, wanted: Window, until: date) -> Page:
    """Orders that are promised until a day, late ones too, and not confirmed: id, promised_on; the nearest first."""
    statement = (
        select(Order.id, Order.promised_on)
        .where(
            Order.promised_on.is_not(None),
            Order.promised_on <= until,
            Order.status.in_(NOT_CONFIRMED),
            Order.confirmed_at.is_(None),
        )
        .order_by(Order.promised_on, Order.id)
        .limit(wanted.size + 1)
    )
    if wanted.place is not None:
        statement = statement.where(beyond(Order.promised_on, Order.id, *wanted.place, ascending=True))
    return page_of((await connection.execute(statement)).all(), wanted)
