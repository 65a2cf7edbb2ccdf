"""customersMerge."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.customer import CustomerResult, CustomersMergeInput
from domain.flows.merge_customers import merge_customers
from domain.kernel.actor import Permission


async def _customers_merge(info: Info, input: CustomersMergeInput) -> CustomerResult:
    async def work(session: AsyncSession) -> Made:
        keep, drop = id_of(input.keep, "customer", "keep"), id_of(input.drop, "customer", "drop")
        return made("Customer", (await merge_customers(session, info.context.actor, keep, drop)).id)

    return await change(info, work)


field = root(
    _customers_merge,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Makes two customers one: all orders of the one become the other's, and orders that waited to know whose they "
        "are are imported. customers.edit is needed too. Repeated, it is refused as NotFound, since one of them is "
        "gone."
    ),
)
