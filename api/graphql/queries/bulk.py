"""Reading runs of actions on many orders."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.parts.bulk import find_run
from api.graphql.types.bulk import BulkRun
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import NotFound


async def _bulk_run(info: Info, id: strawberry.ID) -> BulkRun | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        try:
            return await find_run(info.context, connection, key)
        except NotFound:
            return None


_bulk_run_field = root(
    _bulk_run,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_VIEW,
    description="A run of ordersBulk; null if there is none.",
)


@strawberry.type
class BulkQueries:
    bulk_run: BulkRun | None = _bulk_run_field
