"""warehouseUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.stock import WarehouseInput, WarehouseResult
from domain.kernel.actor import Permission
from domain.stock.warehouses import UpsertWarehouse, upsert_warehouse


async def _warehouse_upsert(info: Info, input: WarehouseInput) -> WarehouseResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertWarehouse(
            code=input.code,
            name=input.name,
            active=input.active is not False,
            expected_version=input.expected_version,
        )
        return Made("Warehouse", {"code": (await upsert_warehouse(session, info.context.actor, command)).code})

    return await change(info, work)


field = root(
    _warehouse_upsert,
    permission=Permission.STOCK_EDIT,
    description=(
        "Makes a warehouse, or changes the one with this code; repeated, it changes nothing but the version. One that "
        "channels ship from cannot be switched off."
    ),
)
