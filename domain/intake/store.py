"""Storing what arrived, raw, before it is acknowledged (spec SYN-3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, Boolean, LargeBinary, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import DateTime
from structlog.contextvars import get_contextvars

from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from domain.kernel.database import DriverConnection
from domain.kernel.ids import new_id

from .canonical import clean_text
from .models import Source

declare("inbox.after_items")

INTAKE = "intake"
"""The consumer that looks at what arrived; its aggregate is `inbox:<item id>`."""

_ITEMS = """
    INSERT INTO inbox (id, channel_id, courier_account_id, source, received_at, headers, body, verified,
                       external_id, version, state, attempts, correlation_id)
    SELECT id, channel_id, courier_account_id, source, :now, headers::jsonb, body, verified,
           external_id, version, 'received', 0, correlation_id
    FROM unnest(:ids, :channels, :couriers, :sources, :headers, :bodies, :verified, :external_ids, :versions,
                :correlation_ids)
         AS arrived(id, channel_id, courier_account_id, source, headers, body, verified, external_id, version,
                    correlation_id)
"""
_WORK = """
    INSERT INTO outbox (consumer, aggregate, payload, correlation_id, created_at, not_before)
    SELECT :consumer, 'inbox:' || id, jsonb_build_object('item_id', id), correlation_id, :now, :now
    FROM unnest(:ids, :correlation_ids) WITH ORDINALITY AS arrived(id, correlation_id, place) ORDER BY place
"""
_OF_WORK: tuple[BindParameter[Any], ...] = (
    bindparam("consumer", type_=Text()),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("correlation_ids", type_=ARRAY(Text())),
)
_OF_ITEMS: tuple[BindParameter[Any], ...] = (
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("channels", "couriers")),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("sources", "headers", "external_ids", "versions")),
    bindparam("bodies", type_=ARRAY(LargeBinary())),
    bindparam("verified", type_=ARRAY(Boolean())),
)
_ASK = text(_WORK).bindparams(*_OF_WORK)
_STORE_AND_ASK = text(f"WITH stored AS ({_ITEMS}) {_WORK}").bindparams(*_OF_ITEMS, *_OF_WORK)

_TYPES = {
    "consumer": "text",
    "now": "timestamptz",
    "ids": "uuid[]",
    "channels": "uuid[]",
    "couriers": "uuid[]",
    "sources": "text[]",
    "headers": "text[]",
    "bodies": "bytea[]",
    "verified": "boolean[]",
    "external_ids": "text[]",
    "versions": "text[]",
    "correlation_ids": "text[]",
}
_NAMES = tuple(_TYPES)
_STORE_AND_ASK_PLAIN = re.sub(
    r"(?<!:):([a-z_]+)",
    lambda found: f"${_NAMES.index(found[1]) + 1}::{_TYPES[found[1]]}",
    f"WITH stored AS ({_ITEMS}) {_WORK}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Something that arrived for a channel or for a courier account (exactly one of the two).

    `version` and `external_id` where the source knows them already; `verified` is False where the signature could not
    be checked yet. `correlation_id` is taken from the log context if it is not given.
    """

    body: bytes
    source: Source
    channel_id: UUID | None = None
    courier_account_id: UUID | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    verified: bool = True
    external_id: str | None = None
    version: str | None = None
    correlation_id: str | None = None


async def store_items(session: AsyncSession, items: Sequence[NewItem]) -> list[UUID]:
    """Stores the items and asks for each to be looked at; returns their ids in the same order.

    One statement, however many items, so that it may also be a transaction of its own. Texts that PostgreSQL cannot
    hold are repaired, bodies are kept as they are, so that no item can spoil the others.
    """
    if not items:
        return []
    columns = _columns(items)
    await session.execute(_STORE_AND_ASK, columns)
    session.info["outbox"] = True
    crash_point("inbox.after_items")
    return list(columns["ids"])


async def store_items_at_once(connection: DriverConnection, items: Sequence[NewItem]) -> None:
    """The same as a transaction of its own, straight through the driver: for the door that does nothing else, where
    the way through the ORM would cost as much as PostgreSQL's own work.
    """
    columns = _columns(items)
    await connection.execute(_STORE_AND_ASK_PLAIN, *(columns[name] for name in _NAMES))
    crash_point("inbox.after_items")


def _columns(items: Sequence[NewItem]) -> dict[str, Any]:
    context = get_contextvars().get("correlation_id")
    return {
        "consumer": INTAKE,
        "now": utc_now(),
        "ids": [new_id() for _ in items],
        "channels": [item.channel_id for item in items],
        "couriers": [item.courier_account_id for item in items],
        "sources": [item.source.value for item in items],
        "headers": [_headers(item.headers) for item in items],
        "bodies": [item.body for item in items],
        "verified": [item.verified for item in items],
        "external_ids": [_clean(item.external_id) for item in items],
        "versions": [_clean(item.version) for item in items],
        "correlation_ids": [_clean(item.correlation_id or context) for item in items],
    }


async def ask_for_intake(session: AsyncSession, ids: Sequence[UUID], correlation_ids: Sequence[str | None]) -> None:
    """Asks for stored items to be looked at, in this transaction."""
    parameters: dict[str, Any] = {
        "consumer": INTAKE,
        "now": utc_now(),
        "ids": list(ids),
        "correlation_ids": list(correlation_ids),
    }
    await session.execute(_ASK, parameters)
    session.info["outbox"] = True


def _headers(headers: Mapping[str, str]) -> str:
    return orjson.dumps({clean_text(name): clean_text(value) for name, value in headers.items()}).decode()


def _clean(value: str | None) -> str | None:
    return None if value is None else clean_text(value)
