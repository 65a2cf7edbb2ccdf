"""Estimates."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional

from .actions import CustomerInput, DeliveryPointInput, FeeInput, OrderLineInput
from .address import Address, AddressInput
from .channel import Channel
from .customer import Customer
from .money import Money
from .order import ChargeKind, Order
from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.enum(
    description=(
        "What became of an estimate. OPEN: it can be accepted. EXPIRED: its last day is over; it can be extended."
    )
)
class EstimateState(Enum):
    OPEN = "open"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@strawberry.type(description="A line that is offered: total = quantity x unitPrice, rounded, + tax.")
class EstimateLine:
    id: strawberry.ID = attribute("Our id.")
    position: int = attribute("From 1.")
    sku: str = attribute("The SKU when it was offered.")
    name: str = attribute("The name when it was offered.")
    quantity: Decimal = attribute("How many.")
    unit_price: Money = attribute("Without tax; up to six places.")
    subtotal: Money = attribute("Quantity x unit price, without tax.")
    tax: Money = attribute("The tax.")
    tax_rate: Decimal | None = attribute("In percent; null: no tax.")
    total: Money = attribute("With tax.")


@strawberry.type(description="Shipping or a fee that is offered.")
class EstimateCharge:
    kind: ChargeKind = attribute("What it is for.")
    title: str = attribute("In words.")
    amount: Money = attribute("Without tax; fees may be negative.")
    tax: Money = attribute("The tax.")


@strawberry.type(description="What an agent offers a customer; accepted, it is an order.")
class Estimate:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Its number, such as EST-1001.")
    state: EstimateState = attribute("What became of it.")
    version: int = attribute("Grows with every edit; named as expectedVersion it guards from overwriting others.")
    valid_until: date = attribute("Its last day (UTC).")
    channel: Channel = attribute("Where the order will be entered.")
    customer: Customer = attribute("To whom it is offered.")
    seller: str | None = attribute("The agent.")
    buyer_tax_id: str | None = attribute("The buyer's tax id.")
    billing_address: Address | None = attribute("For the invoice.")
    shipping_address: Address | None = attribute("Where it would go.")
    payment_method: str | None = attribute("How it would be paid.")
    note: str | None = attribute("What the agent wrote.")
    lines: list[EstimateLine] = attribute("All lines, by position.", size=5)
    charges: list[EstimateCharge] = attribute("Shipping and fees.", size=2)
    currency: str = attribute("ISO 4217; all amounts are in it.")
    subtotal: Money = attribute("The lines, without tax.")
    fee_total: Money = attribute("Fees, without tax.")
    shipping_total: Money = attribute("Shipping, without tax.")
    tax_total: Money = attribute("All taxes.")
    total: Money = attribute("With tax.")
    reason: str | None = attribute("Why it was cancelled.")
    order: Order | None = attribute("The order that it became.")
    author: str = attribute("Who made it.")
    created_at: datetime = attribute("When it was made.")
    updated_at: datetime = attribute("When it was last changed.")


@strawberry.type(description="An estimate and its place in the list.")
class EstimateEdge:
    cursor: str = attribute("The place, for `after`.")
    node: Estimate = attribute("The estimate.")


@strawberry.type(description="A page of estimates.")
class EstimateConnection:
    edges: list[EstimateEdge] = attribute("The estimates of this page.")
    page_info: PageInfo = attribute("Where the page stands.")


@strawberry.input(description="Which estimates; all that is given must hold.")
class EstimateFilter:
    state: EstimateState | None = optional("What became of it.")
    customer: strawberry.ID | None = optional("A customer.")
    seller: str | None = optional("An agent, by the whole word.")
    number: str | None = optional("The number, with or without EST-.")


@strawberry.input(description="An estimate to be made.")
class EstimateCreateInput:
    channel: str | None = optional("The slug of the channel where the order will be entered; null: the staff's.")
    customer: CustomerInput = strawberry.field(description="To whom it is offered.")
    lines: list[OrderLineInput] = strawberry.field(description="What is offered; at least one line, at most 1,000.")
    fees: list[FeeInput] | None = optional("What it costs beside the lines; at most 50.")
    shipping_fee: FeeInput | None = optional("What shipping costs.")
    valid_until: date | None = optional("Its last day (UTC), today or later, at most two years; null: in 30 days.")
    currency: str | None = optional("ISO 4217; null: the channel's.")
    shipping_address: AddressInput | None = optional("Where it would go.")
    billing_address: AddressInput | None = optional("For the invoice.")
    payment_method: str | None = optional("A word of the channel's mapping, or such as cod, bank_transfer, on_account.")
    note: str | None = optional("At most 10,000 characters.")
    seller: str | None = optional("The agent.")
    buyer_tax_id: str | None = optional("The buyer's tax id.")


@strawberry.input(description="What shall be different on an open estimate; what is left out (or null) stays.")
class EstimateUpdateInput:
    id: strawberry.ID = strawberry.field(description="The estimate.")
    expected_version: int | None = optional("The version that you read; another one now is refused.")
    customer: CustomerInput | None = optional("Another customer.")
    lines: list[OrderLineInput] | None = optional("All lines as they shall be.")
    fees: list[FeeInput] | None = optional("All fees as they shall be; an empty list removes them.")
    shipping_fee: FeeInput | None = optional("What shipping costs; an amount of 0 makes it free.")
    valid_until: date | None = optional("Another last day; also for one that has expired.")
    shipping_address: AddressInput | None = optional("The whole new address.")
    billing_address: AddressInput | None = optional("The whole new address.")
    payment_method: str | None = optional("How it would be paid.")
    note: str | None = optional("At most 10,000 characters.")
    seller: str | None = optional("The agent.")
    buyer_tax_id: str | None = optional("The buyer's tax id.")


@strawberry.input(description="An estimate that is taken back.")
class EstimateCancelInput:
    id: strawberry.ID = strawberry.field(description="The estimate.")
    expected_version: int | None = optional("The version that you read; another one now is refused.")
    reason: str | None = optional("Why.")


@strawberry.input(description="An estimate that the customer agrees to.")
class EstimateAcceptInput:
    id: strawberry.ID = strawberry.field(description="The estimate.")
    expected_version: int | None = optional("The version that you read; another one now is refused.")
    delivery_point: DeliveryPointInput | None = optional("A locker or pick-up point instead of the door.")
    promised_on: date | None = optional("The promised day; a channel for pre-orders needs one.")


EstimateResult = Annotated[
    Estimate | Invalid | NotFound | StaleVersion,
    strawberry.union("EstimateResult", description="An estimate, or why not."),
]
