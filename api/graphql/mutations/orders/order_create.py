"""orderCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, preview
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import OrderCreateInput
from api.graphql.types.order import Order, OrderResult
from domain.flows.create_order import CreateOrder, OrderedLine, create_order
from domain.kernel.actor import Permission

from .customers import told_customer

NO_NUMBER = "0"
"""What an order that is only looked at shows: it has taken none."""


async def _order_create(info: Info, input: OrderCreateInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        order = await create_order(session, info.context.actor, _command(input))
        return made("Order", order.id)

    if not input.dry_run:
        return await change(info, work)
    seen: OrderResult = await preview(info, work)
    if isinstance(seen, Order):
        seen.number = NO_NUMBER
    return seen


def _command(input: OrderCreateInput) -> CreateOrder:
    return CreateOrder(
        channel=input.channel,
        external_id=input.external_id,
        customer=told_customer(input.customer),
        lines=[OrderedLine(line.sku, line.quantity, line.unit_price) for line in input.lines],
        shipping=input.shipping_address.stored() if input.shipping_address else None,
        billing=input.billing_address.stored() if input.billing_address else None,
        payment_method=input.payment_method,
        currency=input.currency,
        note=input.note,
        seller=input.seller,
        ticket=input.ticket,
        buyer_tax_id=input.buyer_tax_id,
        delivery_point=input.delivery_point.value() if input.delivery_point else None,
        fees=[fee.value() for fee in input.fees or ()],
        shipping_fee=input.shipping_fee.value() if input.shipping_fee else None,
        promised_on=input.promised_on,
        placed_at=input.placed_at,
        vouchers=input.vouchers or (),
        metafields=[one.sent() for one in input.metafields or ()],
        test=bool(input.test),
        preview=bool(input.dry_run),
    )


field = root(
    _order_create,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_CREATE,
    description=(
        "Enters an order; it begins as DRAFT (on a channel that confirms by itself it is confirmed at once). Every "
        "wrong field is named at once. Repeated without an Idempotency-Key or externalId, it enters another order. "
        "With dryRun nothing is entered: the answer is the order as it would be."
    ),
)
