"""What is said when an order is entered, moved or edited."""

from decimal import Decimal

import strawberry

from api.graphql.fields import optional

from .address import AddressInput
from .enums import OrderStatus

VERSION = "The version that you read; another one now is refused with StaleVersion. Null asks for no check."


@strawberry.input(description="Who buys: an id, or enough to find the customer by e-mail or to make one.")
class CustomerInput:
    id: strawberry.ID | None = optional("A customer of ours.")
    name: str | None = optional("The name; null: the address' name.")
    email: str | None = optional("Finds the customer who has it.")
    phone: str | None = optional("Telephone.")
    tax_id: str | None = optional("The company's tax id (CUI).")


@strawberry.input(description="What is ordered.")
class OrderLineInput:
    sku: str = strawberry.field(description="A SKU of ours.")
    quantity: Decimal = strawberry.field(description="Above 0, at most three places.")
    unit_price: Decimal | None = optional("Without VAT, at most six places; null: the product's price.")


@strawberry.input(description="An order to be entered.")
class OrderCreateInput:
    channel: str = strawberry.field(description="The channel's slug.")
    external_id: str | None = optional("Its id at the channel; used twice on a channel it is refused as DUPLICATE.")
    customer: CustomerInput = strawberry.field(description="Who buys.")
    lines: list[OrderLineInput] = strawberry.field(description="What is ordered; at least one line.")
    shipping_address: AddressInput | None = optional("Where it goes.")
    billing_address: AddressInput | None = optional("For the invoice.")
    payment_method: str | None = optional("A word of the channel's mapping, or such as cod, bank_transfer, on_account.")
    currency: str | None = optional("ISO 4217; null: the channel's.")
    note: str | None = optional("What the buyer or the staff says.")


@strawberry.input(description="An order, and why it is acted on.")
class OrderActionInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    reason: str | None = optional("Why; kept in the history.")


@strawberry.input(description="An order and where it is to move.")
class OrderMoveInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    to: OrderStatus = strawberry.field(description="The status to move to.")
    expected_version: int | None = optional(VERSION)
    reason: str | None = optional("Why; kept in the history.")


@strawberry.input(description="Addresses to be written over those of an order.")
class OrderEditAddressInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    shipping_address: AddressInput | None = optional("The whole new address; null leaves it as it is.")
    billing_address: AddressInput | None = optional("The whole new address; null leaves it as it is.")


@strawberry.input(description="A line as it shall be: one that is there, or a new one of a SKU.")
class EditedLineInput:
    line: strawberry.ID | None = optional("A line of the order; null for a new one.")
    sku: str | None = optional("The SKU of a new line.")
    quantity: Decimal = strawberry.field(description="Above 0, at most three places.")
    unit_price: Decimal | None = optional("Without VAT; null: as it is, or the product's price for a new line.")


@strawberry.input(description="All lines of an order as they shall be.")
class OrderEditLinesInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    lines: list[EditedLineInput] = strawberry.field(description="All lines; what is not named is removed.")
    reason: str | None = optional("Why; kept in the history.")
