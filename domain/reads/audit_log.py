"""The audit log, newest first, as rows for an answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.audit.models import AuditEntry

from .keyset import Page, Sort, Window, beyond, moment, page_of
from .rows import AnySelect

NEWEST = Sort("audit_log", moment)

_A = AuditEntry.__table__.c
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "actor": _A.actor_id == bindparam("actor", type_=Uuid()),
    "action": _A.action == bindparam("action", type_=Text()),
    "subject_kind": _A.subject_kind == bindparam("subject_kind", type_=Text()),
    "subject": _A.subject_id == bindparam("subject", type_=Text()),
    "at_from": _A.at >= bindparam("at_from", type_=DateTime(timezone=True)),
    "at_to": _A.at < bindparam("at_to", type_=DateTime(timezone=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What must hold of an entry; None does not ask. From (included) and to (not)."""

    actor: UUID | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject: str | None = None
    at_from: datetime | None = None
    at_to: datetime | None = None


async def audit_page(connection: AsyncConnection, wanted: Window, where: AuditFilter) -> Page:
    """Entries with all their columns."""
    values: dict[str, Any] = {name: value for name, value in asdict(where).items() if value is not None}
    asked = tuple(values)
    if wanted.place is not None:
        values |= {"place_value": wanted.place[0], "place_id": wanted.place[1]}
    statement = _page(asked, wanted.place is not None)
    return page_of((await connection.execute(statement, {**values, "size": wanted.size + 1})).all(), wanted)


@lru_cache(maxsize=128)
def _page(conditions: tuple[str, ...], placed: bool) -> AnySelect:
    query: AnySelect = select(AuditEntry.__table__).where(*(_CONDITIONS[name] for name in conditions))
    if placed:
        place = bindparam("place_value", type_=_A.at.type), bindparam("place_id", type_=Uuid())
        query = query.where(beyond(_A.at, _A.id, *place, ascending=False))
    return query.order_by(_A.at.desc(), _A.id.desc()).limit(bindparam("size"))
