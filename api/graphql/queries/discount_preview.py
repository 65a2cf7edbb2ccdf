"""discountPreview: what an order or a basket would get."""

from typing import Any
from uuid import UUID

import strawberry

from api.graphql.change import id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.discount_preview import DiscountPreview, DiscountPreviewInput, make_preview
from domain.flows.order_input import OrderedLine
from domain.flows.preview_discounts import PreviewBasket, PreviewOrder, preview_basket, preview_order
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid


async def _preview(info: Info, input: DiscountPreviewInput) -> DiscountPreview:
    vouchers = input.vouchers or ()
    async with info.context.begin() as session:
        if input.order is not None:
            if input.lines is not None or input.channel is not None:
                raise invalid(("order",), "ONE_OF", "Name an order, or a channel and lines.")
            asked = PreviewOrder(order_id=id_of(input.order, "order", "order"), vouchers=vouchers)
            return make_preview(await preview_order(session, asked))
        return make_preview(await preview_basket(session, _basket(input)))


def _basket(input: DiscountPreviewInput) -> PreviewBasket:
    if input.channel is None:
        raise invalid(("channel",), "MISSING", "Name an order, or a channel and lines.")
    lines = [OrderedLine(line.sku, line.quantity, line.unit_price) for line in input.lines or ()]
    return PreviewBasket(
        channel=input.channel,
        lines=lines,
        customer_id=_customer(input.customer),
        currency=input.currency,
        vouchers=input.vouchers or (),
        at=input.at,
    )


def _customer(text: str | None) -> UUID | None:
    key = None if text is None else parse_id(text)
    if text is not None and key is None:
        raise invalid(("customer",), "UNKNOWN_CUSTOMER", f"There is no customer {text}.")
    return key


_preview_field: Any = root(
    _preview,
    permission=Permission.DISCOUNTS_VIEW,
    description=(
        "The discounts that an order or a basket would get, line by line and rule by rule, and why the other rules in "
        "force do not apply. An order is looked at as of when it was placed. Nothing is written, and no use is taken."
    ),
)


@strawberry.type
class DiscountPreviewQueries:
    discount_preview: DiscountPreview = _preview_field
