"""The prices that SKUs may have, out of the price lists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import Uuid

from domain.channels.models import Channel
from domain.customers.models import CustomerGroupMember

from .models import Level, PriceList, PriceListItem, PriceListMember
from .rules import Candidate

MAX_CANDIDATES = 1_000
"""The most prices of one SKU that an explanation looks at."""

_IN_USE = and_(PriceList.active, PriceList.archived_at.is_(None))
LISTS_THERE: ColumnElement[bool] = exists(select(PriceList.id).where(_IN_USE))
"""Whether any list may give a price: where there is none, nobody needs to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for prices, where, in which currency, and when. A customer who is new has no id yet."""

    customer_id: UUID | None
    channel_id: UUID | None
    currency: str
    at: datetime


_customer = bindparam("customer", type_=Uuid())
_GROUPS = select(CustomerGroupMember.group_id).where(CustomerGroupMember.customer_id == _customer)
_channel = bindparam("channel", type_=Uuid())
_MINE = (
    select(PriceListMember.price_list_id)
    .where(
        or_(
            PriceListMember.customer_id == _customer,
            PriceListMember.group_id.in_(_GROUPS),
            PriceListMember.channel_id == _channel,
        )
    )
    .union_all(select(Channel.price_list_id).where(Channel.id == _channel, Channel.price_list_id.is_not(None)))
)
"""The lists that are for who asks: those that name the customer, a group or the channel, and the channel's own."""
_PRICES: Select[*tuple[Any, ...]] = (
    select(
        PriceListItem.variant_id,
        PriceListItem.min_quantity,
        PriceListItem.unit_price,
        PriceList.id,
        PriceList.slug,
        PriceList.name,
        PriceList.level,
        PriceList.currency,
        PriceList.priority,
        PriceList.valid_from,
        PriceList.valid_until,
        _IN_USE.label("active"),
        PriceList.id.in_(_MINE).label("applies"),
    )
    .join(PriceList, PriceList.id == PriceListItem.price_list_id)
    .where(PriceListItem.variant_id == bindparam("variants", type_=ARRAY(Uuid())).any_())
)
_at = bindparam("at", type_=PriceList.valid_from.type)
# Only what may win, so that lists for others cost an order nothing.
_FOR_ORDER = _PRICES.where(
    _IN_USE,
    PriceList.id.in_(_MINE),
    PriceList.currency == bindparam("currency"),
    or_(PriceList.valid_from.is_(None), PriceList.valid_from <= _at),
    or_(PriceList.valid_until.is_(None), PriceList.valid_until > _at),
)
_FOR_EXPLANATION = _PRICES.order_by(PriceList.id.in_(_MINE).desc(), PriceList.id, PriceListItem.min_quantity).limit(
    MAX_CANDIDATES
)


async def prices_for(
    session: AsyncSession, asker: Asker, variants: Collection[UUID]
) -> Mapping[UUID, Sequence[Candidate]]:
    """The prices that lists may give now to who asks, by variant, in one statement whatever the number of variants."""
    rows = await session.execute(
        _FOR_ORDER,
        {**_who(asker), "variants": list(variants), "currency": asker.currency, "at": asker.at},
    )
    found: dict[UUID, list[Candidate]] = {}
    for row in rows:
        found.setdefault(row.variant_id, []).append(_candidate(row))
    return found


async def all_prices(connection: AsyncConnection, asker: Asker, variant_id: UUID) -> Sequence[Candidate]:
    """Every list's prices of a variant, those too that cannot win; `MAX_CANDIDATES`, the asker's own first."""
    rows = await connection.execute(_FOR_EXPLANATION, {**_who(asker), "variants": [variant_id]})
    return [_candidate(row) for row in rows]


def _who(asker: Asker) -> dict[str, Any]:
    return {"customer": asker.customer_id, "channel": asker.channel_id}


def _candidate(row: Any) -> Candidate:
    return Candidate(
        level=Level(row.level),
        unit_price=row.unit_price,
        currency=row.currency,
        list_id=row.id,
        slug=row.slug,
        name=row.name,
        applies=row.applies,
        active=row.active,
        priority=row.priority,
        min_quantity=row.min_quantity,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
