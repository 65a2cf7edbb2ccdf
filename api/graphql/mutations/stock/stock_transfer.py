"""stockTransfer."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import StockResult, StockTransferInput
from domain.flows.transfer_stock import TransferStock, transfer_stock
from domain.kernel.actor import Permission


async def _stock_transfer(info: Info, input: StockTransferInput) -> StockResult:
    async def work(session: AsyncSession) -> Made:
        command = TransferStock(
            sku=input.sku,
            quantity=input.quantity,
            source=input.source,
            target=input.target,
            reason=input.reason,
        )
        sku = await transfer_stock(session, info.context.actor, command)
        return Made("StockReceived", {"skus": [sku], "warehouse": None})

    return await change(info, work)


field = root(
    _stock_transfer,
    permission=Permission.STOCK_EDIT,
    description=(
        "Takes goods from one warehouse to another; only what no order holds. The answer has the levels of the SKU in "
        "all warehouses. Repeated without an Idempotency-Key, it takes more."
    ),
)
