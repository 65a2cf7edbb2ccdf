"""Reading customers."""

import strawberry

from api.graphql.context import Info, selected
from api.graphql.fields import root
from api.graphql.types.customer import CUSTOMER, Customer
from domain.kernel.actor import Permission
from domain.reads.order_rows import customers_by_email


async def _customers(info: Info, email: str) -> list[Customer]:
    plan = CUSTOMER.select(selected(info))
    async with info.context.services.database.read() as connection:
        return [plan.make(row) for row in await customers_by_email(connection, plan.columns, email.strip().lower())]


_customers_field = root(
    _customers,
    permission=Permission.ORDERS_VIEW,
    size=3,
    description="The customers who have this e-mail address, oldest first, at most 50; two or more can be merged.",
)


@strawberry.type
class CustomersQueries:
    customers: list[Customer] = _customers_field
