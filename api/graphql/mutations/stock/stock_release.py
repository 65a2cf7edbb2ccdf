"""stockRelease."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import StockReleaseInput, StockResult
from domain.kernel.actor import Permission
from domain.stock.find import DEFAULT_WAREHOUSE
from domain.stock.quarantine import Quarantine, release_stock


async def _stock_release(info: Info, input: StockReleaseInput) -> StockResult:
    warehouse = input.warehouse or DEFAULT_WAREHOUSE

    async def work(session: AsyncSession) -> Made:
        command = Quarantine(
            sku=input.sku,
            quantity=input.quantity,
            reason=input.reason,
            warehouse=warehouse,
            discard=bool(input.discard),
        )
        level = await release_stock(session, info.context.actor, command)
        return Made("StockReceived", {"skus": [level.sku], "warehouse": warehouse})

    return await change(info, work)


field = root(
    _stock_release,
    permission=Permission.STOCK_EDIT,
    description=(
        "Ends the quarantine of goods: they can be sold again, or, with discard, are thrown away and no longer on "
        "hand. Repeated without an Idempotency-Key, it releases more."
    ),
)
