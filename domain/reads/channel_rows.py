"""Channels and courier accounts, as rows for an answer."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import String, Uuid

from domain.channels.models import Channel
from domain.shipping.models import CourierAccount

from .rows import AnySelect, Rows

_C = Channel.__table__.c


@lru_cache(maxsize=64)
def _channels(columns: tuple[str, ...]) -> AnySelect:
    return select(*(_C[name] for name in columns)).order_by(_C.created_at, _C.id)


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
