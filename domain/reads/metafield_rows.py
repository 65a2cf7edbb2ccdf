"""Metafields and their values as rows, and the condition by which they filter."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.kernel.actor import SYSTEM
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.metafields.define import TABLES
from domain.metafields.models import MetafieldDefinition, Owner
from domain.metafields.queries import fields_of
from domain.metafields.values import Sent, checked

from .rows import AnySelect, Rows

MAX_ASKED = 10
CONTAINED = "metafields"
"""The parameter of the condition: what the values must contain."""

_D = MetafieldDefinition.__table__.c


@cache
def _values(owner: Owner) -> AnySelect:
    table = TABLES[owner].__table__
    assert isinstance(table, Table)
    value = table.c.metafields
    return (
        select(table.c.id, _D.key, _D.title, _D.kind, value[_D.key].label("value"))
        .join(MetafieldDefinition, value.has_key(_D.key))
        .where(table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid()))), _D.owner == owner, _D.retired_at.is_(None))
        .order_by(table.c.id, _D.key)
    )


async def values_of(connection: AsyncConnection, owner: Owner, ids: Sequence[UUID]) -> Rows:
    """The values of fields in use, by owner's id and key, with title and type."""
    return (await connection.execute(_values(owner), {"ids": list(ids)})).all()


async def definitions(connection: AsyncConnection, owner: Owner | None = None) -> Rows:
    """All fields, of one owner or of all, retired ones too."""
    rows = select(MetafieldDefinition.__table__).order_by(_D.owner, _D.key)
    return (await connection.execute(rows if owner is None else rows.where(_D.owner == owner))).all()


async def definition_by_id(connection: AsyncConnection, definition_id: UUID) -> Rows:
    return (await connection.execute(select(MetafieldDefinition.__table__).where(_D.id == definition_id))).all()


def contains(owner: Owner) -> Any:
    """The condition that an owner's values contain those of the parameter; its GIN index serves it."""
    return TABLES[owner].__table__.c.metafields.contains(bindparam(CONTAINED, type_=JSONB))


async def contained(connection: AsyncConnection, owner: Owner, asked: Sequence[Sent]) -> Mapping[str, Any]:
    """What the values must contain. Raises Invalid naming what is no field, or none that filters, or no such value."""
    path = ("filter", "metafields")
    if len(asked) > MAX_ASKED:
        raise invalid(path, "TOO_MANY", f"Ask for at most {MAX_ASKED} fields at a time.")
    fields = await fields_of(connection, owner)
    values = checked(asked, fields, SYSTEM, path=path)
    problems = [
        Problem((*path, str(place), "key"), "NOT_FILTERABLE", "Declare it filterable first.")
        for place, one in enumerate(asked)
        if not fields[one.key].filterable
    ]
    problems += [
        Problem((*path, str(place), "equals"), "MISSING", "Give the value to look for.")
        for place, one in enumerate(asked)
        if one.value is None
    ]
    if problems:
        raise Invalid(problems)
    return values
