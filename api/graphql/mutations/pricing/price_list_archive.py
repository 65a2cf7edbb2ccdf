"""priceListArchive."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.pricing import PriceListResult
from domain.kernel.actor import Permission
from domain.pricing.lists import archive_price_list


async def _price_list_archive(info: Info, slug: str, expected_version: int | None = None) -> PriceListResult:
    async def work(session: AsyncSession) -> Made:
        await archive_price_list(session, info.context.actor, slug, expected_version)
        return Made("PriceList", {"slug": slug})

    return await change(info, work)


field = root(
    _price_list_archive,
    permission=Permission.PRICES_EDIT,
    description=(
        "Ends a price list for good: it gives no price any more, and is kept for the orders that name it. Refused "
        "while it is a channel's own. Repeated, it changes nothing."
    ),
)
