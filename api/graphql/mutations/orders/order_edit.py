"""orderEdit."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of, preview
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.actions import EditedLineInput, OrderEditInput
from api.graphql.types.order import OrderResult
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid
from domain.kernel.texts import shown

from .customers import told_customer


async def _order_edit(info: Info, input: OrderEditInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        return made("Order", (await edit_order(session, info.context.actor, _command(input))).id)

    return await preview(info, work) if input.dry_run else await change(info, work)


def _command(input: OrderEditInput) -> EditOrder:
    return EditOrder(
        order_id=id_of(input.id, "order"),
        expected_version=input.expected_version,
        contents=EditedContents(
            lines=edited_lines(input.lines) if input.lines is not None else None,
            fees=[fee.value() for fee in input.fees] if input.fees is not None else None,
            shipping_fee=input.shipping_fee.value() if input.shipping_fee else None,
        ),
        shipping=input.shipping_address.stored() if input.shipping_address else None,
        billing=input.billing_address.stored() if input.billing_address else None,
        customer=told_customer(input.customer) if input.customer else None,
        payment_method=input.payment_method,
        note=input.note,
        seller=input.seller,
        ticket=input.ticket,
        buyer_tax_id=input.buyer_tax_id,
        promised_on=input.promised_on,
        delivery_point=input.delivery_point.value() if input.delivery_point else None,
        clear=tuple(one.value for one in input.clear or ()),
        reason=input.reason,
    )


def edited_lines(lines: Sequence[EditedLineInput]) -> list[EditedLine]:
    """Raises Invalid for an id that can be none."""
    return [_line(place, line) for place, line in enumerate(lines)]


def _line(place: int, input: EditedLineInput) -> EditedLine:
    line: UUID | None = None
    if input.line is not None:
        line = parse_id(input.line)
        if line is None:
            raise invalid(("lines", str(place), "line"), "NOT_FOUND", f"The order has no line {shown(input.line)}.")
    return EditedLine(quantity=input.quantity, line=line, sku=input.sku, unit_price=input.unit_price)


field = root(
    _order_edit,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Changes an order, all that is given in one new version: totals are recomputed, and an approval is asked "
        "again. With dryRun the answer is the order as it would be (its totals, discounts, approveStatus, lacking, "
        "nextActions), nothing is changed, and an Idempotency-Key is not used up. Every wrong field is named at once. "
        "A repeat of what is there already changes nothing."
    ),
)
