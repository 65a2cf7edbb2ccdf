"""productGroupUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import ProductGroupInput, ProductGroupResult
from domain.catalog.groups import UpsertProductGroup, upsert_product_group
from domain.kernel.actor import Permission


async def _product_group_upsert(info: Info, input: ProductGroupInput) -> ProductGroupResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertProductGroup(
            slug=input.slug, name=input.name, parent=input.parent, expected_version=input.expected_version
        )
        return made("ProductGroup", (await upsert_product_group(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _product_group_upsert,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Makes a group of products, or changes name and place of the one with this slug; with a parent it is a "
        "subgroup. Repeated, it changes nothing more."
    ),
)
