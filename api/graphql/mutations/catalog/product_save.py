"""productSave."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import ProductSaveInput, ProductSaveResult, VariantInput
from domain.catalog.checks import VariantValues
from domain.catalog.save import SaveProduct
from domain.flows.save_product import save_product
from domain.kernel.actor import Permission


async def _product_save(info: Info, input: ProductSaveInput) -> ProductSaveResult:
    async def work(session: AsyncSession) -> Made:
        command = SaveProduct(
            id=None if input.id is None else id_of(input.id, "product"),
            name=input.name,
            variants=[_values(variant) for variant in input.variants],
            description=input.description or "",
            unit=input.unit,
            group=input.group,
            images=input.images or (),
            option_names=input.option_names or (),
            expected_version=input.expected_version,
        )
        return made("ProductFamily", (await save_product(session, info.context.actor, command)).id)

    return await change(info, work)


def _values(variant: VariantInput) -> VariantValues:
    price = variant.price.value() if variant.price else None
    return VariantValues(
        sku=variant.sku,
        name=variant.name,
        options=variant.options or (),
        barcode=variant.barcode,
        price=price.amount if price else None,
        currency=price.currency if price else "RON",
        vat_rate=variant.vat_rate,
        weight_kg=variant.weight_kg,
        length_cm=variant.length_cm,
        width_cm=variant.width_cm,
        height_cm=variant.height_cm,
        active=variant.active is not False,
    )


field = root(
    _product_save,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Makes a whole product with its variants, or with an id changes it to what is said here; what is null is "
        "emptied. Orders that waited for a new SKU are imported then. A repeated change changes nothing more; a "
        "repeat without an id is refused, since its SKUs are taken."
    ),
)
