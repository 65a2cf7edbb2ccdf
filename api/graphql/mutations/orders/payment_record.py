"""paymentRecord."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.order import OrderResult
from api.graphql.types.payment import PaymentRecordInput
from domain.flows.pay import RecordPayment, pay_order
from domain.kernel.actor import Permission


async def _payment_record(info: Info, input: PaymentRecordInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = RecordPayment(
            order_id=id_of(input.order, "order", "order"),
            amount=input.amount,
            currency=input.currency,
            method=input.method,
            reference=input.reference,
            at=input.at,
            note=input.note,
        )
        return made("Order", (await pay_order(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _payment_record,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Records money that came in for an order. Paid in full, an order in PENDING_PAYMENT goes on to PAID, and a "
        "delivery note that waited for it is made. More than is due may come: Order.overpaid shows it. Repeated "
        "without an Idempotency-Key or a reference, it records another payment."
    ),
)
