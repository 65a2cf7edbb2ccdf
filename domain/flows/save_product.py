"""Writing a whole product; what waited for one of its SKUs is imported."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Product
from domain.catalog.save import SaveProduct, save_whole_product
from domain.intake.release import release_causes
from domain.kernel.actor import Actor


async def save_product(session: AsyncSession, actor: Actor, command: SaveProduct) -> Product:
    """As `save_whole_product`, and orders that waited for a new SKU go on."""
    saved = await save_whole_product(session, command)
    await release_causes(session, [f"sku:{sku}" for sku in saved.new_skus])
    return saved.product
