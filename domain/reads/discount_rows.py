"""Trade discounts with how often they were used, and their log, as rows for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.catalog.models import ProductGroup, Variant
from domain.channels.models import Channel
from domain.customers.models import CustomerGroup
from domain.discounts.models import DiscountLog, DiscountUse, RuleState, TradeDiscount

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect, Rows

NEWEST = Sort("discounts", moment)
NEWEST_LOGGED = Sort("discount_log", moment)
MOST_ENDING = 200

_T = TradeDiscount.__table__.c
_L = DiscountLog.__table__.c
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_NOW = bindparam("now", type_=DateTime(timezone=True))


_STATES: Mapping[RuleState, ColumnElement[bool]] = {
    RuleState.SCHEDULED: and_(_T.archived_at.is_(None), _T.active, _T.starts_at > _NOW),
    RuleState.RUNNING: and_(
        _T.archived_at.is_(None), _T.active, _T.starts_at <= _NOW, or_(_T.ends_at.is_(None), _T.ends_at > _NOW)
    ),
    RuleState.ENDED: and_(_T.archived_at.is_(None), _T.active, _T.ends_at <= _NOW),
    RuleState.OFF: and_(_T.archived_at.is_(None), _T.active.is_(False)),
    RuleState.ARCHIVED: _T.archived_at.is_not(None),
}


def state_of(starts_at: datetime, ends_at: datetime | None, active: bool, archived: bool, now: datetime) -> RuleState:
    """The state of a rule at a time."""
    if archived:
        return RuleState.ARCHIVED
    if not active:
        return RuleState.OFF
    if starts_at > now:
        return RuleState.SCHEDULED
    return RuleState.ENDED if ends_at is not None and ends_at <= now else RuleState.RUNNING


async def discounts_page(
    connection: AsyncConnection, wanted: Window, states: Sequence[RuleState], search: str | None, now: datetime
) -> Page:
    """Rules, newest first: their columns, then the time that the page is sorted by. `search` is a part of the name, or
    a whole voucher."""
    values: dict[str, Any] = {"now": now, "size": wanted.size + 1}
    if search:
        values |= {"part": f"%{_escaped(search.lower())}%", "code": search.strip().upper()}
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _page(tuple(sorted(set(states))), bool(search), wanted.place is not None)
    return page_of((await connection.execute(statement, values)).all(), wanted)


@lru_cache(maxsize=128)
def _page(states: tuple[RuleState, ...], searched: bool, placed: bool) -> AnySelect:
    query: AnySelect = select(TradeDiscount.__table__, _T.created_at.label("sorted_by"))
    query = query.where(or_(*(_STATES[one] for one in states)))
    if searched:
        part, code = bindparam("part", type_=Text()), bindparam("code", type_=Text())
        query = query.where(or_(func.lower(_T.name).like(part, escape="\\"), _T.voucher_key == code))
    if placed:
        place = bindparam("place_value", type_=_T.created_at.type), bindparam("place_id", type_=Uuid())
        query = query.where(beyond(_T.created_at, _T.id, *place, ascending=False))
    return query.order_by(_T.created_at.desc(), _T.id.desc()).limit(bindparam("size"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_BY_ID = select(TradeDiscount.__table__).where(_T.id == any_(_IDS))
_ENDING = (
    select(TradeDiscount.__table__)
    .where(_STATES[RuleState.RUNNING], _T.ends_at <= bindparam("until", type_=DateTime(timezone=True)))
    .order_by(_T.ends_at, _T.id)
    .limit(MOST_ENDING)
)


async def discounts_by_id(connection: AsyncConnection, ids: Sequence[UUID]) -> Rows:
    return (await connection.execute(_BY_ID, {"ids": list(ids)})).all()


async def discounts_ending(connection: AsyncConnection, now: datetime, until: datetime) -> Rows:
    """Rules that run and end until then, the first to end first; at most `MOST_ENDING`."""
    return (await connection.execute(_ENDING, {"now": now, "until": until})).all()


_USES = select(DiscountUse.rule_id, func.count()).where(DiscountUse.rule_id == any_(_IDS)).group_by(DiscountUse.rule_id)
_NAMES: Mapping[str, AnySelect] = {
    "client_groups": select(CustomerGroup.id, CustomerGroup.slug).where(CustomerGroup.id == any_(_IDS)),
    "items": select(Variant.id, Variant.sku).where(Variant.id == any_(_IDS)),
    "item_groups": select(ProductGroup.id, ProductGroup.slug).where(ProductGroup.id == any_(_IDS)),
    "stores": select(Channel.id, Channel.slug).where(Channel.id == any_(_IDS)),
}


async def uses_of(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many orders use each rule; those that none uses are left out."""
    return {row[0]: row[1] for row in await connection.execute(_USES, {"ids": list(ids)})}


async def names_of(connection: AsyncConnection, dimension: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """How people call what a dimension of rules names; what is gone is left out."""
    return {row[0]: row[1] for row in await connection.execute(_NAMES[dimension], {"ids": list(ids)})}


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "rule": _L.rule_id == bindparam("rule", type_=Uuid()),
    "order": _L.order_id == bindparam("order", type_=Uuid()),
    "customer": _L.customer_id == bindparam("customer", type_=Uuid()),
    "channel": _L.channel_id == any_(bindparam("channel", type_=ARRAY(Uuid()))),
    "voucher": func.upper(_L.voucher) == bindparam("voucher", type_=Text()),
    "at_from": _L.at >= bindparam("at_from", type_=DateTime(timezone=True)),
    "at_to": _L.at < bindparam("at_to", type_=DateTime(timezone=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """What must hold of an entry; None does not ask. `voucher` in capitals; from (included) and to (not)."""

    rule: UUID | None = None
    order: UUID | None = None
    customer: UUID | None = None
    channel: tuple[UUID, ...] | None = None
    voucher: str | None = None
    at_from: datetime | None = None
    at_to: datetime | None = None


async def log_page(connection: AsyncConnection, wanted: Window, where: LogFilter) -> Page:
    """Entries with all their columns, newest first, then the time that the page is sorted by; none of test orders."""
    given = {name: getattr(where, name) for name in _CONDITIONS}
    values: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value is not None
    }
    asked = tuple(values)
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _log(asked, wanted.place is not None)
    return page_of((await connection.execute(statement, {**values, "size": wanted.size + 1})).all(), wanted)


@lru_cache(maxsize=128)
def _log(conditions: tuple[str, ...], placed: bool) -> AnySelect:
    query: AnySelect = select(DiscountLog.__table__, _L.at.label("sorted_by"))
    query = query.where(_L.test.is_(False), *(_CONDITIONS[name] for name in conditions))
    if placed:
        place = bindparam("place_value", type_=_L.at.type), bindparam("place_id", type_=Uuid())
        query = query.where(beyond(_L.at, _L.id, *place, ascending=False))
    return query.order_by(_L.at.desc(), _L.id.desc()).limit(bindparam("size"))
