"""productUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import ProductInput, ProductResult
from domain.flows.upsert_product import UpsertProduct, upsert_product
from domain.kernel.actor import Permission


async def _product_upsert(info: Info, input: ProductInput) -> ProductResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertProduct(
            sku=input.sku,
            name=input.name,
            price=input.price.value() if input.price else None,
            vat_rate=input.vat_rate,
            weight_kg=input.weight_kg,
            length_cm=input.length_cm,
            width_cm=input.width_cm,
            height_cm=input.height_cm,
            barcode=input.barcode,
        )
        _, variant = await upsert_product(session, info.context.actor, command)
        return made("Product", variant.id)

    return await change(info, work)


field = root(
    _product_upsert,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Makes a product, or changes the one with this SKU; what is null is left as it is. Orders that waited for the "
        "SKU are imported then. Repeated, it changes nothing more."
    ),
)
