"""Creating or changing a product; what waited for its SKU is imported."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Product, Variant
from domain.catalog.upsert import UpsertProduct, save_product
from domain.intake.release import release_cause
from domain.kernel.actor import Actor

__all__ = ["UpsertProduct", "upsert_product"]


async def upsert_product(session: AsyncSession, actor: Actor, command: UpsertProduct) -> tuple[Product, Variant]:
    """Writes the product by its SKU. Raises `Invalid` naming every wrong field; a repeat changes nothing more."""
    saved = await save_product(session, command)
    if saved.created:
        await release_cause(session, f"sku:{saved.variant.sku}")
    return saved.product, saved.variant
