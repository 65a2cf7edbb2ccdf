"""stockQuarantine."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import StockQuarantineInput, StockResult
from domain.kernel.actor import Permission
from domain.stock.find import DEFAULT_WAREHOUSE
from domain.stock.quarantine import Quarantine, quarantine_stock


async def _stock_quarantine(info: Info, input: StockQuarantineInput) -> StockResult:
    warehouse = input.warehouse or DEFAULT_WAREHOUSE

    async def work(session: AsyncSession) -> Made:
        command = Quarantine(
            sku=input.sku,
            quantity=input.quantity,
            reason=input.reason,
            warehouse=warehouse,
        )
        level = await quarantine_stock(session, info.context.actor, command)
        return Made("StockReceived", {"skus": [level.sku], "warehouse": warehouse})

    return await change(info, work)


field = root(
    _stock_quarantine,
    permission=Permission.STOCK_EDIT,
    description=(
        "Sets goods apart: they stay on hand, and can be promised to nobody. It takes only what no order holds. "
        "Repeated without an Idempotency-Key, it sets more apart."
    ),
)
