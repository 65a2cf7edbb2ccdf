"""Tying a channel's variant to one of our SKUs by hand; what waited for it is imported."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.listings import save_listing
from domain.catalog.models import Listing
from domain.channels.queries import find_channel
from domain.intake.release import release_cause
from domain.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkListing:
    """`channel` is a slug or an id."""

    channel: str
    external_variant_id: str
    sku: str


async def link_listing(session: AsyncSession, actor: Actor, command: LinkListing) -> Listing:
    """Ties them, over what the variant was tied to before; orders that are here already keep their products.

    Raises `NotFound` for the channel or the SKU.
    """
    channel = await find_channel(session, command.channel)
    listing = await save_listing(session, channel.id, command.external_variant_id, command.sku)
    await release_cause(session, f"variant:{listing.external_variant_id}", channel.id)
    return listing
