"""The filter of orders as the API takes it, made into what the domain asks."""

from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.types.metafield import MetafieldFilter
from api.graphql.types.order_page import OrderFilter
from domain.calendar.set import calendar_of
from domain.kernel.clock import utc_now
from domain.kernel.ids import parse_id
from domain.metafields.models import Owner
from domain.reads import order_filter as asked_for
from domain.reads.aging import OrderAging, aging
from domain.reads.channel_rows import channel_ids
from domain.reads.metafield_rows import CONTAINED, contained, contains

NOBODY = UUID(int=0)
"""An id that nothing has: a filter by something that does not exist finds nothing."""

_MAX_DIGITS = 18
_NO_NUMBER = -1
_LISTS = (
    *("status", "approve_status", "held_from", "payment_state", "payment_kind", "fulfilment_state"),
    *("customer_group", "seller", "sku", "payment_method", "currency", "delivery_point", "ticket"),
)
_AS_THEY_ARE = (
    *("created_after", "created_before", "placed_after", "placed_before", "updated_after", "updated_before"),
    *("status_since_after", "status_since_before", "in_status_over_hours", "promised_from", "promised_to"),
    *("total_from", "total_to", "test", "search", "has_sync_error"),
)


async def order_filter(connection: AsyncConnection, asked: OrderFilter | None) -> asked_for.OrderFilter:
    """What is asked of orders. What the filter names and does not exist is found nowhere."""
    if asked is None:
        return asked_for.OrderFilter()
    channels = None
    if asked.channel:
        asked_for.check_words("channel", asked.channel)
        channels = tuple(await channel_ids(connection, asked.channel)) or (NOBODY,)
    customer = None
    if asked.customer is not None:
        customer = parse_id(asked.customer) or NOBODY
    numbers = None
    if asked.number:
        numbers = tuple(_NO_NUMBER if (number := number_of(one)) is None else number for one in asked.number)
    rest: dict[str, Any] = {name: _values(getattr(asked, name)) for name in _LISTS}
    rest |= {name: getattr(asked, name) for name in _AS_THEY_ARE}
    also = (*await _aging(connection, asked.aging), *await _metafields(connection, asked.metafields))
    return asked_for.OrderFilter(channel_id=channels, customer_id=customer, number=numbers, also=also, **rest)


async def _metafields(connection: AsyncConnection, wanted: list[MetafieldFilter] | None) -> tuple[asked_for.Also, ...]:
    if not wanted:
        return ()
    values = await contained(connection, Owner.ORDER, [one.sent() for one in wanted])
    return (asked_for.Also("metafields", lambda: contains(Owner.ORDER), {CONTAINED: values}, few=True),)


async def _aging(connection: AsyncConnection, kinds: list[OrderAging] | None) -> tuple[asked_for.Also, ...]:
    if not kinds:
        return ()
    calendar, now = (await calendar_of(connection)).calendar, utc_now()
    return tuple(aging(kind, now, calendar) for kind in sorted(set(kinds)))


def number_of(text: str) -> int | None:
    """The order number that a text spells, or None."""
    digits = text.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else None


def _values(chosen: list[Any] | None) -> tuple[Any, ...] | None:
    return tuple(one.value if isinstance(one, Enum) else one for one in chosen) if chosen else None
