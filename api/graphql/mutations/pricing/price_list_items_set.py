"""priceListItemsSet."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.pricing import PriceListItemsInput, PriceListItemsResult
from domain.kernel.actor import Permission
from domain.pricing.items import Price, SetItems, set_price_list_items


async def _price_list_items_set(info: Info, input: PriceListItemsInput) -> PriceListItemsResult:
    async def work(session: AsyncSession) -> Made:
        items = [
            Price(sku=item.sku, unit_price=item.unit_price, min_quantity=item.min_quantity or Decimal(0))
            for item in input.items
        ]
        command = SetItems(
            slug=input.price_list,
            items=items,
            replace=bool(input.replace),
            expected_version=input.expected_version,
        )
        done = await set_price_list_items(session, info.context.actor, command)
        data = {"slug": input.price_list, "written": done.written, "removed": done.removed}
        return Made("PriceListItems", data)

    return await change(info, work)


field = root(
    _price_list_items_set,
    permission=Permission.PRICES_EDIT,
    description=(
        "Writes prices into a list, 5,000 at most: all of them, or none where one is wrong (the first 100 wrong ones "
        "are named). Repeated, it changes nothing more."
    ),
)
