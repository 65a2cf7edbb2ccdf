"""orderVoucherRemove."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderVoucherInput
from api.graphql.types.order import OrderResult
from domain.flows.voucher import remove_voucher
from domain.kernel.actor import Permission

from .order_voucher_apply import voucher_command


async def _order_voucher_remove(info: Info, input: OrderVoucherInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        return made("Order", (await remove_voucher(session, info.context.actor, voucher_command(input))).id)

    return await change(info, work)


field = root(
    _order_voucher_remove,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Takes a voucher off an order that was not confirmed, and finds its discounts anew; it can be used again. "
        "Repeated, it is refused as UNKNOWN_VOUCHER."
    ),
)
