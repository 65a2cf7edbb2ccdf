"""stockCorrect."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import StockCorrectInput, StockResult
from domain.kernel.actor import Permission
from domain.stock.correct import CorrectStock, correct_stock
from domain.stock.find import DEFAULT_WAREHOUSE


async def _stock_correct(info: Info, input: StockCorrectInput) -> StockResult:
    warehouse = input.warehouse or DEFAULT_WAREHOUSE

    async def work(session: AsyncSession) -> Made:
        command = CorrectStock(sku=input.sku, difference=input.difference, reason=input.reason, warehouse=warehouse)
        level = await correct_stock(session, info.context.actor, command)
        return Made("StockReceived", {"skus": [level.sku], "warehouse": warehouse})

    return await change(info, work)


field = root(
    _stock_correct,
    permission=Permission.STOCK_EDIT,
    description=(
        "Corrects what was counted wrong, broke or was lost, by a difference and with a reason. It takes only what no "
        "order holds. Repeated without an Idempotency-Key, it corrects again."
    ),
)
