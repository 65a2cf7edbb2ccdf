"""customerGroupUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.customer import CustomerGroupInput, CustomerGroupResult
from domain.customers.groups import UpsertCustomerGroup, upsert_customer_group
from domain.kernel.actor import Permission


async def _customer_group_upsert(info: Info, input: CustomerGroupInput) -> CustomerGroupResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertCustomerGroup(slug=input.slug, name=input.name, expected_version=input.expected_version)
        group = await upsert_customer_group(session, info.context.actor, command)
        return Made("CustomerGroup", {"slug": group.slug})

    return await change(info, work)


field = root(
    _customer_group_upsert,
    permission=Permission.CUSTOMERS_EDIT,
    description="Makes a group of customers, or renames the one with this slug. Repeated, it changes nothing more.",
)
