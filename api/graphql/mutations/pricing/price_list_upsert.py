"""priceListUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.pricing import PriceListInput, PriceListResult
from domain.kernel.actor import Permission
from domain.pricing.lists import UpsertPriceList, upsert_price_list


async def _price_list_upsert(info: Info, input: PriceListInput) -> PriceListResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertPriceList(
            slug=input.slug,
            name=input.name,
            currency=input.currency,
            customers=input.customers or (),
            groups=input.groups or (),
            channels=input.channels or (),
            priority=input.priority or 0,
            valid_from=input.valid_from,
            valid_until=input.valid_until,
            active=input.active is not False,
            expected_version=input.expected_version,
        )
        found = await upsert_price_list(session, info.context.actor, command)
        return Made("PriceList", {"slug": found.slug})

    return await change(info, work)


field = root(
    _price_list_upsert,
    permission=Permission.PRICES_EDIT,
    description=(
        "Makes a price list, or changes the one with this slug to what is said here; its prices stay. It is for "
        "customers, or groups, or channels: name exactly one of the three. Lists may overlap; the priority, then the "
        "lower price decides. Orders keep the prices that they have. Repeated, it changes nothing more."
    ),
)
