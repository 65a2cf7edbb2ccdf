"""bulkRunCancel."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.bulk import BulkRunResult
from domain.bulk.queries import run_row
from domain.flows.bulk.carry_out import cancel_run
from domain.kernel.actor import Permission


async def _bulk_run_cancel(info: Info, id: strawberry.ID) -> BulkRunResult:
    async def work(session: AsyncSession) -> Made:
        run = await run_row(session, id_of(id, "bulk run"))
        await cancel_run(session, run.id, f"Cancelled by {info.context.actor.label}.")
        return made("BulkRun", run.id)

    return await change(info, work)


field = root(
    _bulk_run_cancel,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Ends a run: what is not done yet is not done. What was done stays. A run that has ended stays as it is, so "
        "repeating this changes nothing."
    ),
)
