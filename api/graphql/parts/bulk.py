"""A run with its progress."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context
from api.graphql.types.bulk import BulkRun, make_run
from domain.bulk import queries


async def find_run(context: Context, connection: AsyncConnection, run_id: UUID) -> BulkRun:
    """The run as it is now. Raises `NotFound`."""
    row = await queries.run_row(connection, run_id)
    return make_run(row, await queries.progress(connection, run_id), context.base_url)
