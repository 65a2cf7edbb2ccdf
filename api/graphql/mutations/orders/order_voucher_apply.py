"""orderVoucherApply."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderVoucherInput
from api.graphql.types.order import OrderResult
from domain.flows.voucher import ChangeVoucher, apply_voucher
from domain.kernel.actor import Permission


async def _order_voucher_apply(info: Info, input: OrderVoucherInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        return made("Order", (await apply_voucher(session, info.context.actor, voucher_command(input))).id)

    return await change(info, work)


def voucher_command(input: OrderVoucherInput) -> ChangeVoucher:
    return ChangeVoucher(
        order_id=id_of(input.id, "order"),
        code=input.code,
        expected_version=input.expected_version,
        reason=input.reason,
    )


field = root(
    _order_voucher_apply,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Enters a voucher with an order that was not confirmed, and finds its discounts anew. Why a voucher cannot be "
        "used is told at code; one that only saves less than what applies anyway is kept, and says so in vouchers. "
        "Repeated, it is refused as TWICE."
    ),
)
