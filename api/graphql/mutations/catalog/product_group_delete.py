"""productGroupDelete."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import GroupDeleteResult
from domain.catalog.groups import delete_product_group
from domain.kernel.actor import Permission


async def _product_group_delete(info: Info, slug: str, expected_version: int | None = None) -> GroupDeleteResult:
    async def work(session: AsyncSession) -> Made:
        await delete_product_group(session, info.context.actor, slug, expected_version)
        return Made("GroupDeleted", {"slug": slug})

    return await change(info, work)


field = root(
    _product_group_delete,
    permission=Permission.CATALOG_EDIT,
    description=(
        "Removes a group of products. Refused while products, subgroups or rules are in it. Repeated, it is refused as "
        "NotFound."
    ),
)
