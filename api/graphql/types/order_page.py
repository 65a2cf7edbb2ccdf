"""Pages of orders: what may be asked, and the answer."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from api.graphql.fields import attribute, optional
from domain.orders.models import FulfilmentState, PaymentState
from domain.reads.aging import OrderAging

from .enums import ApproveStatus, OrderSortField, OrderStatus
from .metafield import MetafieldFilter
from .order import Order
from .page import PageInfo
from .payment import PaymentKind


@strawberry.input(description="The id that a channel has for an order.")
class ExternalRef:
    channel: str = strawberry.field(description="The channel's slug.")
    id: str = strawberry.field(description="The order's id there.")


@strawberry.input(one_of=True, description="Names one order.")
class OrderRef:
    id: strawberry.ID | None = strawberry.field(description="Our id.", default=strawberry.UNSET)
    number: str | None = strawberry.field(description="Our number.", default=strawberry.UNSET)
    external: ExternalRef | None = strawberry.field(description="The channel's id.", default=strawberry.UNSET)


@strawberry.input(
    description=(
        "All that is named must hold. An empty list is the same as none; a list has at most 200 values, a text at most "
        "200 letters. A range that is reversed is refused."
    )
)
class OrderFilter:
    status: list[OrderStatus] | None = optional("Any of these.")
    approve_status: list[ApproveStatus] | None = optional("Any of these.")
    channel: list[str] | None = optional("Slugs; any of these.")
    customer: strawberry.ID | None = optional("This customer.")
    customer_group: list[str] | None = optional("Slugs; the customer is in any of these groups.")
    seller: list[str] | None = optional("Any of these agents, as the order names them.")
    number: list[str] | None = optional(
        "Our numbers, with or without #; any of these. What is no number finds nothing."
    )
    sku: list[str] | None = optional("A line has any of these SKUs.")
    payment_state: list[PaymentState] | None = optional("Any of these.")
    payment_kind: list[PaymentKind] | None = optional("Any of these.")
    payment_method: list[str] | None = optional("Any of these, in the channel's own words.")
    fulfilment_state: list[FulfilmentState] | None = optional("Any of these.")
    currency: list[str] | None = optional("Any of these, such as RON.")
    delivery_point: list[str] | None = optional("Any of these lockers or pickup points, as the order names them.")
    ticket: list[str] | None = optional("Any of these ticket references.")
    held_from: list[OrderStatus] | None = optional("On hold, and was in any of these before.")
    test: bool | None = optional("Only test orders, or only real ones.")
    created_after: datetime | None = optional("At this moment or later.")
    created_before: datetime | None = optional("Before this moment.")
    placed_after: datetime | None = optional("The buyer placed it at this moment or later.")
    placed_before: datetime | None = optional("The buyer placed it before this moment.")
    updated_after: datetime | None = optional("At this moment or later.")
    updated_before: datetime | None = optional("Before this moment.")
    status_since_after: datetime | None = optional("In its status since this moment or later.")
    status_since_before: datetime | None = optional("In its status since before this moment.")
    in_status_over_hours: int | None = optional("In its status for at least so many hours, up to ten years.")
    promised_from: date | None = optional("Promised for this day or later.")
    promised_to: date | None = optional("Promised for this day or earlier.")
    total_from: Decimal | None = optional("This much or more.")
    total_to: Decimal | None = optional("This much or less.")
    search: str | None = optional(
        "Order number, external number or id, AWB, SKU or ticket; a phone, however it is written (the customer's, or "
        "of an address of the order); parts of the customer's name, e-mail, company or tax id (3 letters or more); or "
        "beginnings of words of an address, the notes, a line's name. Accents and capitals do not matter. At most 200 "
        "letters; blank: all."
    )
    has_sync_error: bool | None = optional("Whether the diary has an entry about it that is not settled.")
    metafields: list[MetafieldFilter] | None = optional("All of these fields have these values; 10 at most.")
    aging: list[OrderAging] | None = optional("All of these: lists of the morning page.")


@strawberry.input(description="The order of the list.")
class OrderSort:
    field: OrderSortField = strawberry.field(description="What by.", default=OrderSortField.CREATED_AT)
    descending: bool = strawberry.field(description="Largest or newest first.", default=True)


@strawberry.type(description="An order on a page.")
class OrderEdge:
    cursor: str = attribute("Where it stands; opaque, valid for the same sort.")
    node: Order = attribute("The order.")


@strawberry.type(description="A page of orders.")
class OrderConnection:
    edges: list[OrderEdge] = attribute("The orders.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.type(description="How many orders have a status.")
class OrderCount:
    status: OrderStatus = attribute("The status.")
    count: int = attribute("How many, maintained and not counted.")
