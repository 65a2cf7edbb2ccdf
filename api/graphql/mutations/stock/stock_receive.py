"""stockReceive."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import StockReceiveInput, StockResult
from domain.flows.take_in import ReceiveStock, StockLine, receive_stock
from domain.kernel.actor import Permission
from domain.stock.find import DEFAULT_WAREHOUSE


async def _stock_receive(info: Info, input: StockReceiveInput) -> StockResult:
    warehouse = input.warehouse or DEFAULT_WAREHOUSE

    async def work(session: AsyncSession) -> Made:
        command = ReceiveStock(
            lines=[StockLine(line.sku, line.quantity) for line in input.lines],
            warehouse=warehouse,
            reason=input.reason,
        )
        levels = await receive_stock(session, info.context.actor, command)
        return Made("StockReceived", {"skus": [level.sku for level in levels], "warehouse": warehouse})

    return await change(info, work)


field = root(
    _stock_receive,
    permission=Permission.STOCK_EDIT,
    description=(
        "Takes goods into a warehouse; all lines or none. Repeated without an Idempotency-Key, it takes them in again. "
        "Orders that lacked this stock are not confirmed by it: an operator does that."
    ),
)
