"""customerGroupDelete."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.catalog import GroupDeleteResult
from domain.customers.groups import delete_customer_group
from domain.kernel.actor import Permission


async def _customer_group_delete(info: Info, slug: str, expected_version: int | None = None) -> GroupDeleteResult:
    async def work(session: AsyncSession) -> Made:
        await delete_customer_group(session, info.context.actor, slug, expected_version)
        return Made("GroupDeleted", {"slug": slug})

    return await change(info, work)


field = root(
    _customer_group_delete,
    permission=Permission.CUSTOMERS_EDIT,
    description=(
        "Removes a group of customers, who leave it. Refused while a price list, a discount or a channel names it. "
        "Repeated, it is refused as NotFound."
    ),
)
