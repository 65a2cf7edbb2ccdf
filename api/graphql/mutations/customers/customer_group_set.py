"""customerGroupSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.customer import CustomerGroupSetInput, CustomerResult
from domain.customers.groups import set_customer_groups
from domain.kernel.actor import Permission


async def _customer_group_set(info: Info, input: CustomerGroupSetInput) -> CustomerResult:
    async def work(session: AsyncSession) -> Made:
        key = id_of(input.customer, "customer", "customer")
        customer = await set_customer_groups(session, info.context.actor, key, input.groups, input.expected_version)
        return made("Customer", customer.id)

    return await change(info, work)


field = root(
    _customer_group_set,
    permission=Permission.CUSTOMERS_EDIT,
    description="Puts a customer into exactly these groups. Repeated, it changes nothing more.",
)
