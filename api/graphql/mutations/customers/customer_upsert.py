"""customerUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.customer import CustomerResult, CustomerUpsertInput
from domain.customers.upsert import UpsertCustomer, upsert_customer
from domain.kernel.actor import Permission


async def _customer_upsert(info: Info, input: CustomerUpsertInput) -> CustomerResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertCustomer(
            id=None if input.id is None else id_of(input.id, "customer"),
            name=input.name,
            email=input.email,
            phone=input.phone,
            company=input.company,
            tax_id=input.tax_id,
            groups=input.groups,
            expected_version=input.expected_version,
        )
        return made("Customer", (await upsert_customer(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _customer_upsert,
    rows=Rows.SCOPED,
    permission=Permission.CUSTOMERS_EDIT,
    description=(
        "Makes a customer, or with an id changes one. A repeat without an id makes another customer: send an "
        "Idempotency-Key. A repeated change changes nothing more."
    ),
)
