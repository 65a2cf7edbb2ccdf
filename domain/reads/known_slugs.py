"""Which slugs of a saved filter still name something."""

from collections.abc import Sequence

from sqlalchemy import String, any_, bindparam, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.channels.models import Channel
from domain.customers.models import CustomerGroup

_KNOWN = union_all(
    *(
        select(literal(field).label("field"), noun.slug).where(
            noun.slug == any_(bindparam(field, type_=ARRAY(String())))
        )
        for field, noun in (("channel", Channel), ("customerGroup", CustomerGroup))
    )
)


async def known_slugs(
    connection: AsyncConnection, channels: Sequence[str], groups: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Those of these slugs that there are, by the field of the filter that names them; one statement."""
    found = (await connection.execute(_KNOWN, {"channel": list(channels), "customerGroup": list(groups)})).all()
    return {field: frozenset(row.slug for row in found if row.field == field) for field in ("channel", "customerGroup")}
