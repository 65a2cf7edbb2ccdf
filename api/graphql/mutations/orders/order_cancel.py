"""orderCancel."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderActionInput
from api.graphql.types.order import OrderResult
from domain.flows.move import MoveOrder, move_order
from domain.kernel.actor import Permission
from domain.orders.status import Status


async def _order_cancel(info: Info, input: OrderActionInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = MoveOrder(
            order_id=id_of(input.id, "order"),
            to=Status.CANCELLED,
            expected_version=input.expected_version,
            reason=input.reason,
        )
        return made("Order", (await move_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_cancel,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Cancels an order that was not handed over: releases its stock, voids its open delivery notes, issues a credit "
        "note per invoice, and asks the courier to void its AWBs. Repeated, it is refused with IllegalMove."
    ),
)
