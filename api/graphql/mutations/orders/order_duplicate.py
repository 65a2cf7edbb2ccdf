"""orderDuplicate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderDuplicateInput
from api.graphql.types.order import OrderResult
from domain.flows.duplicate_order import DuplicateOrder, Prices, duplicate_order
from domain.kernel.actor import Permission

from .customers import told_customer


async def _order_duplicate(info: Info, input: OrderDuplicateInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = DuplicateOrder(
            order_id=id_of(input.id, "order"),
            expected_version=input.expected_version,
            prices=input.prices.value if input.prices else Prices.SAME,
            channel=input.channel,
            customer=told_customer(input.customer) if input.customer else None,
            promised_on=input.promised_on,
        )
        return made("Order", (await duplicate_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_duplicate,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_CREATE,
    description=(
        "Enters a new DRAFT like an order: its lines, fees, addresses, payment method, note, agent and test flag; not "
        "its external id, ticket, vouchers or payments. Problems of lines count the order's own lines from 0. Repeated "
        "without an Idempotency-Key, it enters another one."
    ),
)
