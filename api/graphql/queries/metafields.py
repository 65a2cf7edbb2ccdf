"""Reading which metafields there are."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.metafield import MetafieldDefinition, make_definition
from domain.kernel.actor import Permission
from domain.metafields.models import Owner
from domain.reads.metafield_rows import definitions


async def _definitions(info: Info, owner: Owner | None = None) -> list[MetafieldDefinition]:
    async with info.context.read() as connection:
        return [make_definition(row) for row in await definitions(connection, owner or None)]


_definitions_field = root(
    _definitions,
    rows=Rows.NONE,
    permission=Permission.ORDERS_VIEW,
    size=50,
    description="The declared fields, of one owner or of all, retired ones too; at most 100 for each owner.",
)


@strawberry.type
class MetafieldsQueries:
    metafield_definitions: list[MetafieldDefinition] = _definitions_field
