"""What lies about for too long, and other lists of the morning (spec REP-2): each a condition on orders.

Hours and days are those of the clock, as the operator's guide counts them; only the time from Draft to Confirmed is
counted in working time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, func, literal_column, or_, select

from domain.calendar.rules import Calendar, began_before
from domain.fulfilment.models import DeliveryNote, PackingList
from domain.orders.models import Order
from domain.orders.status import Status
from domain.shipping.models import Shipment
from domain.stock.models import BackOrder

from .order_filter import Also

CONFIRM_WITHIN = timedelta(hours=2)
"""The guide's target from Draft to Confirmed, in working time."""
PROMISE_NEAR = timedelta(days=7)


class OrderAging(StrEnum):
    """Each is a list that opens; on a good day all but the first are empty."""

    UNREVIEWED = "UNREVIEWED"
    APPROVAL_PENDING = "APPROVAL_PENDING"
    UNCONFIRMED_OVER_2_WORKING_HOURS = "UNCONFIRMED_OVER_2_WORKING_HOURS"
    DRAFT_OVER_4_HOURS = "DRAFT_OVER_4_HOURS"
    ON_HOLD_OVER_3_DAYS = "ON_HOLD_OVER_3_DAYS"
    STOCK_UNAVAILABLE = "STOCK_UNAVAILABLE"
    BACK_ORDER_OVER_7_DAYS = "BACK_ORDER_OVER_7_DAYS"
    PRE_ORDER_DUE_WITHIN_7_DAYS = "PRE_ORDER_DUE_WITHIN_7_DAYS"
    PACKED_WITHOUT_AWB = "PACKED_WITHOUT_AWB"
    RETURN_UNDECIDED_OVER_3_DAYS = "RETURN_UNDECIDED_OVER_3_DAYS"


@dataclass(frozen=True, slots=True)
class _Kind:
    """`since` gives the moment before which it must have begun, of now and the calendar: the parameter `limit`."""

    condition: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    since: Callable[[datetime, Calendar], Any] | None = None


_C = Order.__table__.c
# Codes stand in the text, so that the planner knows them when it looks at the indexes that begin with the status.
_UNCONFIRMED = (
    *(Status.DRAFT, Status.PROCESSING, Status.PENDING_PAYMENT, Status.ON_HOLD, Status.PAID),
    Status.STOCK_UNAVAILABLE,
)


def _in(*statuses: Status) -> ColumnElement[bool]:
    return literal_column(f"orders.status IN ({', '.join(str(int(one)) for one in statuses)})", Boolean)


def _ago(age: timedelta, now: datetime, _: Calendar) -> datetime:
    return now - age


def _worked(age: timedelta, now: datetime, calendar: Calendar) -> datetime:
    return began_before(calendar, now, age)


def _promise(now: datetime, calendar: Calendar) -> object:
    return now.astimezone(ZoneInfo(calendar.timezone)).date() + PROMISE_NEAR


def _without_awb() -> Select[Any]:
    # The state stands in the text, since the partial index on it does not match parameters.
    return (
        select(PackingList.order_id)
        .join(DeliveryNote, DeliveryNote.id == PackingList.delivery_note_id)
        .where(literal_column("delivery_notes.state = 'OPEN'", Boolean))
        .where(
            ~select(1)
            .where(Shipment.packing_list_id == PackingList.id, literal_column("shipments.status <> 'VOIDED'", Boolean))
            .correlate(PackingList)
            .exists()
        )
    )


_KINDS: Mapping[OrderAging, _Kind] = {
    OrderAging.UNREVIEWED: _Kind(lambda _: _in(Status.DRAFT, Status.PROCESSING)),
    OrderAging.APPROVAL_PENDING: _Kind(
        lambda _: and_(literal_column("orders.approve_status = 0", Boolean), _in(*_UNCONFIRMED))
    ),
    OrderAging.UNCONFIRMED_OVER_2_WORKING_HOURS: _Kind(
        lambda limit: and_(_in(Status.DRAFT, Status.PROCESSING), _C.created_at <= limit),
        partial(_worked, CONFIRM_WITHIN),
    ),
    OrderAging.DRAFT_OVER_4_HOURS: _Kind(
        lambda limit: and_(_in(Status.DRAFT), _C.created_at <= limit), partial(_ago, timedelta(hours=4))
    ),
    OrderAging.ON_HOLD_OVER_3_DAYS: _Kind(
        lambda limit: and_(_in(Status.ON_HOLD), _C.status_since <= limit), partial(_ago, timedelta(days=3))
    ),
    OrderAging.STOCK_UNAVAILABLE: _Kind(lambda _: _in(Status.STOCK_UNAVAILABLE)),
    OrderAging.BACK_ORDER_OVER_7_DAYS: _Kind(
        lambda limit: or_(
            and_(_in(Status.STOCK_UNAVAILABLE), func.least(_C.short_since, _C.status_since) <= limit),
            _C.id.in_(select(BackOrder.order_id).where(BackOrder.since <= limit)),
        ),
        partial(_ago, timedelta(days=7)),
    ),
    OrderAging.PRE_ORDER_DUE_WITHIN_7_DAYS: _Kind(
        lambda limit: and_(_C.promised_on <= limit, _in(*_UNCONFIRMED)), _promise
    ),
    OrderAging.PACKED_WITHOUT_AWB: _Kind(lambda _: _C.id.in_(_without_awb())),
    OrderAging.RETURN_UNDECIDED_OVER_3_DAYS: _Kind(
        lambda limit: and_(_in(Status.RETURN_PENDING), _C.status_since <= limit), partial(_ago, timedelta(days=3))
    ),
}


def aging(kind: OrderAging, now: datetime, calendar: Calendar) -> Also:
    """The condition of a list as it is now. Its orders are few among all: found first, then sorted."""
    it = _KINDS[kind]
    name = f"aging_{kind.lower()}"
    values = {} if it.since is None else {name: it.since(now, calendar)}
    return Also(name, lambda: it.condition(bindparam(name)), values, few=True)
