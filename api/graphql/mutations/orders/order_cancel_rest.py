"""orderCancelRest."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderActionInput
from api.graphql.types.order import OrderResult
from domain.flows.cancel_rest import cancel_rest
from domain.flows.confirm_part import ConfirmPart
from domain.kernel.actor import Permission


async def _order_cancel_rest(info: Info, input: OrderActionInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = ConfirmPart(
            order_id=id_of(input.id, "order"), expected_version=input.expected_version, reason=input.reason
        )
        return made("Order", (await cancel_rest(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_cancel_rest,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Takes the back-ordered rest off an order, for a reason: its lines fall to what is reserved or was shipped, "
        "totals follow, and an invoice is credited and issued anew. The order is then delivered if all else of it was. "
        "Repeated, it is refused (NOTHING_WAITS). While an AWB that can be voided would collect more than is due then, "
        "it is refused too (HAS_AWB); of a parcel on its way the shipment's `attention` says so."
    ),
)
