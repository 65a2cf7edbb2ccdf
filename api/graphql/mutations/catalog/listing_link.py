"""listingLink."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import ListingInput, ListingResult
from domain.flows.link_listing import LinkListing, link_listing
from domain.kernel.actor import Permission


async def _listing_link(info: Info, input: ListingInput) -> ListingResult:
    async def work(session: AsyncSession) -> Made:
        command = LinkListing(channel=input.channel, external_variant_id=input.external_variant_id, sku=input.sku)
        listing = await link_listing(session, info.context.actor, command)
        return Made(
            "Listing",
            {"channel": input.channel, "external_variant_id": listing.external_variant_id, "sku": input.sku},
        )

    return await change(info, work)


field = root(
    _listing_link,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Ties a channel's variant to one of our SKUs, over what it was tied to. Orders that waited for it are imported "
        "then; orders that are here keep their products. Repeated, it changes nothing more."
    ),
)
