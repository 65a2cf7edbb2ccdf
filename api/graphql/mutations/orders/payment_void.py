"""paymentVoid."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.order import OrderResult
from api.graphql.types.payment import PaymentVoidInput
from domain.flows.pay import VoidPayment, void_paid
from domain.kernel.actor import Permission


async def _payment_void(info: Info, input: PaymentVoidInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = VoidPayment(payment_id=id_of(input.id, "payment"), reason=input.reason)
        return made("Order", (await void_paid(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _payment_void,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Takes back a payment or a refund that was booked by mistake: an entry with the opposite amount is added, "
        "nothing is deleted, and no money moves. An order in PAID goes back to PENDING_PAYMENT. Its reference can be "
        "used again. Repeated, it is refused as VOIDED."
    ),
)
