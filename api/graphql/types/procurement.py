"""Procurement requests, and the orders that wait for goods."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.kernel.actor import Permission
from domain.procurement.models import RequestState

from .order import Order
from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion

strawberry.enum(
    RequestState,
    name="ProcurementState",
    description="OPEN: to be bought. ORDERED: on its way. RECEIVED: it came in. CANCELLED: nobody waits, or declined.",
)


@strawberry.type(description="A SKU that a warehouse lacks for orders that wait; one open request for each.")
class ProcurementRequest:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Such as PR-17; numbers may have gaps.")
    state: RequestState = attribute("Where it stands.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")
    warehouse: str = attribute("The warehouse's code.")
    sku: str = attribute("The SKU.")
    name: str = attribute("Its name.")
    urgent: bool = attribute("Orders wait for it.")
    assignee: str = attribute("The role that it is for.")
    due_at: datetime = attribute("When it is to be answered by.")
    wanted: Decimal = attribute("What the orders that wait now want of it.")
    missing: Decimal = attribute("Open: what must still be bought. Ordered: what of it has not come yet. Else 0.")
    order_count: int = attribute("How many orders wait for it now.")
    orders: list[Order] = attribute(
        "Those orders in the order of entry, at most 20.", permission=Permission.ORDERS_VIEW, size=20
    )
    supplier: str | None = attribute("Of whom it was ordered.")
    eta: date | None = attribute("The day on which it comes.")
    ordered_quantity: Decimal | None = attribute("What was ordered.")
    received_quantity: Decimal = attribute("What of it came in.")
    reason: str | None = attribute("Why it was cancelled.")
    created_at: datetime = attribute("When it was made.")
    ordered_at: datetime | None = attribute("When it was ordered.")
    closed_at: datetime | None = attribute("When it ended.")


@strawberry.input(description="All that is named must hold.")
class ProcurementFilter:
    state: list[RequestState] | None = optional("Any of these.")
    warehouse: str | None = optional("The warehouse's code.")
    sku: str | None = optional("The whole SKU.")


@strawberry.type(description="A request on a page.")
class ProcurementEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: ProcurementRequest = attribute("The request.")


@strawberry.type(description="A page of requests, the oldest first.")
class ProcurementConnection:
    edges: list[ProcurementEdge] = attribute("The requests.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.input(description="What was ordered of a supplier.")
class ProcurementOrderedInput:
    id: strawberry.ID = strawberry.field(description="The request.")
    supplier: str | None = optional("At most 200 characters.")
    eta: date | None = optional("The day on which it comes, from today on.")
    quantity: Decimal | None = optional("What was ordered; null: what is missing now, or what was said before.")
    expected_version: int | None = optional("The version that you read; null: not checked.")


@strawberry.input(description="A request that is declined.")
class ProcurementCancelInput:
    id: strawberry.ID = strawberry.field(description="The request.")
    reason: str = strawberry.field(description="Why; at most 1,000 characters.")
    expected_version: int | None = optional("The version that you read; null: not checked.")


@strawberry.type(description="What an order still lacks of a SKU after all that entered before it took its share.")
class Lack:
    sku: str = attribute("The SKU.")
    warehouse: str = attribute("The warehouse's code.")
    wanted: Decimal = attribute("What the order waits for of it.")
    missing: Decimal = attribute("What of it is not there.")
    eta: date | None = attribute("The day by which what is ordered of suppliers covers it; null: not known.")


@strawberry.type(description="An order that waits for goods: all of it, or what was back-ordered of it.")
class BackOrder:
    order: Order = attribute("The order; in STOCK_UNAVAILABLE it waits with all its goods.")
    since: datetime = attribute("Since when it waits.")
    confirmable: bool = attribute("Whether all that it waits for is free, after its elders took their share.")
    lacks: list[Lack] = attribute("What it still lacks, by SKU; empty when it is confirmable.", size=3)


@strawberry.input(description="All that is named must hold.")
class BackOrderFilter:
    confirmable: bool | None = optional("Only those that can, or cannot, be confirmed now.")
    waiting_days: int | None = optional("It waits for more than this many days; 0 to 3,650.")
    sku: str | None = optional("It waits for this SKU (whole).")


@strawberry.type(description="An order on a page.")
class BackOrderEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: BackOrder = attribute("The order.")


@strawberry.type(description="A page of orders that wait, in the order of their entry.")
class BackOrderConnection:
    edges: list[BackOrderEdge] = attribute("The orders.")
    page_info: PageInfo = attribute("What is before and after.")


ProcurementResult = Annotated[
    ProcurementRequest | Invalid | NotFound | StaleVersion,
    strawberry.union("ProcurementResult", description="The request, or why not."),
]
