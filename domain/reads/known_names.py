"""Which names of a saved filter still name something."""

from collections.abc import Mapping, Sequence

from sqlalchemy import String, any_, bindparam, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.channels.models import Channel
from domain.customers.models import CustomerGroup
from domain.metafields.models import MetafieldDefinition, Owner

from .rows import AnySelect

FIELDS = ("channel", "customerGroup", "metafields")
"""The fields of a filter whose values are names that can be gone, each the name of its parameter."""


def _named(field: str) -> AnySelect:
    wanted = any_(bindparam(field, type_=ARRAY(String())))
    if field == "metafields":
        there = (MetafieldDefinition.owner == Owner.ORDER, MetafieldDefinition.filterable)
        names = select(literal(field).label("field"), MetafieldDefinition.key.label("name"))
        return names.where(MetafieldDefinition.key == wanted, *there, MetafieldDefinition.retired_at.is_(None))
    noun = Channel if field == "channel" else CustomerGroup
    return select(literal(field).label("field"), noun.slug.label("name")).where(noun.slug == wanted)


_KNOWN = union_all(*map(_named, FIELDS))


async def known_names(connection: AsyncConnection, asked: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Those of these names that there are, by the field of the filter that names them; one statement."""
    found = (await connection.execute(_KNOWN, {field: list(asked[field]) for field in FIELDS})).all()
    return {field: frozenset(row.name for row in found if row.field == field) for field in FIELDS}
