"""Channels and courier accounts, as rows for an answer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import String, Uuid

from domain.channels.models import Channel
from domain.channels.snapshot import CLIENT_GROUPS, CREDIT_SERIES, INVOICE_SERIES, PRICE_LIST, WAREHOUSE
from domain.invoicing.models import InvoiceSeries, LegalEntity
from domain.shipping.models import CourierAccount

from .legal_rows import ENTITY
from .rows import AnySelect, Rows

_C = Channel.__table__.c
_JOINED = {
    "warehouse": WAREHOUSE,
    "price_list": PRICE_LIST,
    "client_groups": func.coalesce(CLIENT_GROUPS, cast([], ARRAY(Text))),
    "invoice_series": INVOICE_SERIES,
    "credit_series": CREDIT_SERIES,
    "legal_entity": select(ENTITY)
    .join(InvoiceSeries, InvoiceSeries.legal_entity_id == LegalEntity.id)
    .where(InvoiceSeries.id == Channel.invoice_series_id)
    .scalar_subquery(),
}
"""What stands in other tables, read in the same statement where it is asked for."""


def _column(name: str) -> ColumnElement[Any]:
    return _JOINED[name].label(name) if name in _JOINED else _C[name]


@lru_cache(maxsize=64)
def _channels(columns: tuple[str, ...]) -> AnySelect:
    return select(*map(_column, columns)).order_by(_C.created_at, _C.id)


@lru_cache(maxsize=64)
def _channels_by_id(columns: tuple[str, ...]) -> AnySelect:
    return _channels(columns).where(_BY_ID)


_BY_ID = _C.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
_IDS_BY_SLUG = select(_C.id).where(_C.slug == any_(bindparam("slugs", type_=ARRAY(String()))))
_ACCOUNTS = select(CourierAccount).order_by(CourierAccount.created_at, CourierAccount.id)


async def all_channels(connection: AsyncConnection, columns: tuple[str, ...]) -> Rows:
    """Every channel, oldest first."""
    return (await connection.execute(_channels(columns))).all()


async def channels_by_id(connection: AsyncConnection, columns: tuple[str, ...], ids: Sequence[UUID]) -> Rows:
    return (await connection.execute(_channels_by_id(columns), {"ids": ids})).all()


async def channel_ids(connection: AsyncConnection, slugs: Sequence[str]) -> list[UUID]:
    """The ids of the channels with these slugs; unknown ones are left out."""
    return list((await connection.scalars(_IDS_BY_SLUG, {"slugs": list(slugs)})).all())


async def courier_accounts(connection: AsyncConnection, ids: Sequence[UUID] | None = None) -> Rows:
    """Courier accounts, oldest first; all of them without `ids`."""
    if ids is None:
        return (await connection.execute(_ACCOUNTS)).all()
    wanted = _ACCOUNTS.where(CourierAccount.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    return (await connection.execute(wanted, {"ids": ids})).all()
