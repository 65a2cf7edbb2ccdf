"""priceListItemsImport."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.pricing import PriceListItemsImportInput, PriceListItemsResult
from domain.kernel.actor import Permission
from domain.pricing.sheet import ImportPrices, import_prices


async def _price_list_items_import(info: Info, input: PriceListItemsImportInput) -> PriceListItemsResult:
    async def work(session: AsyncSession) -> Made:
        command = ImportPrices(
            slug=input.price_list,
            csv=input.csv,
            replace=bool(input.replace),
            expected_version=input.expected_version,
        )
        done = await import_prices(session, info.context.actor, command)
        data = {"slug": input.price_list, "written": done.written, "removed": done.removed}
        return Made("PriceListItems", data)

    return await change(info, work)


field = root(
    _price_list_items_import,
    permission=Permission.PRICES_EDIT,
    description=(
        "Writes the prices of a CSV file into a list, 5,000 at most: all of them, or none where one is wrong. The path "
        "of a problem is csv, the line, the column. Repeated, it changes nothing more."
    ),
)
