"""Which variant of ours a channel means: by its listing, else by SKU, which is then learnt (spec SYN-6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Text, bindparam, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.refusals import NotFound, invalid

from .models import Listing, Variant

_KNOWN: CompoundSelect[Any] = union_all(
    select(Listing.external_variant_id, literal(None, Text()).label("sku"), Listing.variant_id.label("variant_id"))
    .where(Listing.channel_id == bindparam("channel"))
    .where(Listing.external_variant_id == bindparam("external_ids", type_=ARRAY(Text())).any_()),
    select(null(), Variant.sku, Variant.id).where(Variant.sku == bindparam("skus", type_=ARRAY(Text())).any_()),
)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The part of the catalogue that some orders speak of: variants by the channel's id, and by SKU."""

    by_listing: Mapping[str, UUID]
    by_sku: Mapping[str, UUID]

    def find(self, external_variant_id: str | None, sku: str | None) -> UUID | None:
        """The listing rules; a SKU that was changed in the store since misleads nobody."""
        listed = self.by_listing.get(external_variant_id or "")
        return listed or self.by_sku.get((sku or "").strip())


async def load_catalog(
    session: AsyncSession, channel_id: UUID, external_variant_ids: Collection[str], skus: Collection[str]
) -> Catalog:
    """What there is of these ids and SKUs, in one statement."""
    by_listing: dict[str, UUID] = {}
    by_sku: dict[str, UUID] = {}
    parameters = {"channel": channel_id, "external_ids": list(external_variant_ids), "skus": list(skus)}
    for external_id, sku, variant_id in await session.execute(_KNOWN, parameters):
        if external_id is None:
            by_sku[sku] = variant_id
        else:
            by_listing[external_id] = variant_id
    return Catalog(by_listing, by_sku)


async def learn_listings(session: AsyncSession, channel_id: UUID, learnt: Sequence[tuple[str, UUID]]) -> None:
    """Keeps which variant an external id means; what is known already stays."""
    if not learnt:
        return
    await session.execute(
        insert(Listing).on_conflict_do_nothing(),
        [
            {"channel_id": channel_id, "external_variant_id": external_id, "variant_id": variant_id}
            for external_id, variant_id in sorted(set(learnt))
        ],
    )


async def save_listing(session: AsyncSession, channel_id: UUID, external_variant_id: str, sku: str) -> Listing:
    """Ties the channel's variant to our SKU, over what it was tied to. Raises `NotFound` for an unknown SKU."""
    if not external_variant_id.strip():
        raise invalid(("externalVariantId",), "MISSING", "Give the id that the channel has for the variant.")
    variant_id = await session.scalar(select(Variant.id).where(Variant.sku == sku.strip()))
    if variant_id is None:
        raise NotFound("product with the SKU", sku, path=("sku",))
    statement = insert(Listing).values(
        channel_id=channel_id, external_variant_id=external_variant_id.strip(), variant_id=variant_id
    )
    return (
        await session.scalars(
            statement.on_conflict_do_update(
                index_elements=["channel_id", "external_variant_id"], set_={"variant_id": statement.excluded.variant_id}
            ).returning(Listing),
            execution_options={"populate_existing": True},
        )
    ).one()
