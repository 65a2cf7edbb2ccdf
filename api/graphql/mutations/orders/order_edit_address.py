"""orderEditAddress."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderEditAddressInput
from api.graphql.types.order import OrderResult
from domain.flows.edit_order import EditOrder, edit_order
from domain.kernel.actor import Permission


async def _order_edit_address(info: Info, input: OrderEditAddressInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = EditOrder(
            order_id=id_of(input.id, "order"),
            expected_version=input.expected_version,
            shipping=input.shipping_address.stored() if input.shipping_address else None,
            billing=input.billing_address.stored() if input.billing_address else None,
        )
        return made("Order", (await edit_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_edit_address,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Writes the addresses of an order that was not handed over. What is given replaces the whole address. A repeat "
        "of what is there already changes nothing. The part of orderEdit about addresses."
    ),
)
