"""procurementOrdered."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.procurement import ProcurementOrderedInput, ProcurementResult
from domain.kernel.actor import Permission
from domain.procurement.answer import OrderGoods, order_goods


async def _procurement_ordered(info: Info, input: ProcurementOrderedInput) -> ProcurementResult:
    async def work(session: AsyncSession) -> Made:
        command = OrderGoods(
            request_id=id_of(input.id, "procurement request"),
            supplier=input.supplier,
            eta=input.eta,
            quantity=input.quantity,
            expected_version=input.expected_version,
        )
        return made("ProcurementRequest", (await order_goods(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _procurement_ordered,
    permission=Permission.PROCUREMENT_EDIT,
    description=(
        "Says that the goods of a request are ordered, and when they come: orders show that day. Said again, supplier, "
        "day and quantity are changed. A request that ended is refused (CLOSED)."
    ),
)
