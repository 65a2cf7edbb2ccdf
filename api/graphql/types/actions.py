"""What is said when an order is entered, moved or edited."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum

import strawberry

from api.graphql.fields import optional
from domain.flows.charge_input import Fee
from domain.flows.duplicate_order import Prices
from domain.orders import delivery_point

from .address import AddressInput
from .enums import OrderStatus
from .metafield import MetafieldValueInput

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


@strawberry.input(description="A fee of an order; without VAT.")
class FeeInput:
    title: str | None = optional("What it is for; needed for a fee, Shipping unless said for shipping.")
    amount: Decimal = strawberry.field(
        description="Without VAT, at most two places. A fee may be below 0, shipping may not, nor the order's total."
    )
    tax_rate: Decimal | None = optional("VAT in percent, 0 to 100; null: no VAT.")

    def value(self) -> Fee:
        return Fee(self.amount, self.tax_rate, self.title)


@strawberry.input(description="A locker or a pick-up point.")
class DeliveryPointInput:
    provider: str | None = optional("Whose it is, such as easybox.")
    id: str = strawberry.field(description="The provider's id for it, which its courier understands.")
    name: str | None = optional("What people call it.")

    def value(self) -> delivery_point.DeliveryPoint:
        return delivery_point.DeliveryPoint(id=self.id, provider=self.provider, name=self.name)


@strawberry.input(description="An order to be entered.")
class OrderCreateInput:
    channel: str = strawberry.field(description="The channel's slug.")
    external_id: str | None = optional("Its id at the channel; used twice on a channel it is refused as DUPLICATE.")
    customer: CustomerInput = strawberry.field(description="Who buys.")
    lines: list[OrderLineInput] = strawberry.field(description="What is ordered; at least one line.")
    shipping_address: AddressInput | None = optional("Where it goes.")
    billing_address: AddressInput | None = optional("For the invoice.")
    payment_method: str | None = optional("A word of the channel's mapping, or such as cod, bank_transfer, on_account.")
    currency: str | None = optional(
        "ISO 4217; null: the channel's. In another one, every product priced in the channel's needs its unitPrice."
    )
    note: str | None = optional("What the buyer or the staff says; at most 10,000 characters.")
    seller: str | None = optional("The agent whose sale it is.")
    ticket: str | None = optional("A reference to a ticket.")
    buyer_tax_id: str | None = optional("For the invoice; null: the customer's taxId.")
    delivery_point: DeliveryPointInput | None = optional("A locker or pick-up point instead of the door.")
    fees: list[FeeInput] | None = optional("What it costs beside the lines; at most 50.")
    shipping_fee: FeeInput | None = optional("What shipping costs. Null: the channel's delivery fee, if it has one.")
    promised_on: date | None = optional(
        "The promised day, not in the past. A channel for pre-orders (pre_order) needs one after today."
    )
    placed_at: datetime | None = optional(
        "When the buyer placed it, not in the future, in the last 90 days without the permission settings.edit "
        "(TOO_OLD); null: now. Price lists and discounts are those of then, vouchers those of now."
    )
    metafields: list[MetafieldValueInput] | None = optional("Fields of the house's own; each once.")
    vouchers: list[str] | None = optional("Voucher codes, in any case; at most 10. Each must apply to the order.")
    test: bool | None = optional("A test order reserves and invoices nothing; null: it is none.")
    dry_run: bool | None = optional(
        "True: the answer is the order as it would be entered, with number 0 and not confirmed; nothing is changed."
    )


@strawberry.input(description="An order, and why it is acted on.")
class OrderActionInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    reason: str | None = optional("Why; kept in the history.")


@strawberry.input(description="An order and a voucher.")
class OrderVoucherInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    code: str = strawberry.field(description="The voucher's code, in any case.")
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


@strawberry.enum(description="What orderEdit can empty.")
class OrderClearable(Enum):
    NOTE = "note"
    SELLER = "seller"
    TICKET = "ticket"
    BUYER_TAX_ID = "buyerTaxId"
    PROMISED_ON = "promisedOn"
    DELIVERY_POINT = "deliveryPoint"


@strawberry.input(
    description=(
        "What shall be different on an order. What is left out (or null) stays as it is. Lines, fees, shipping, "
        "customer and payment method can be changed until it is confirmed; addresses, delivery point and promised day "
        "until something was handed over, and while no AWB carries them; agent, ticket, note and tax id always."
    )
)
class OrderEditInput:
    id: strawberry.ID = strawberry.field(description="The order.")
    expected_version: int | None = optional(VERSION)
    dry_run: bool | None = optional("True: the answer is the order as it would be, and nothing is changed.")
    lines: list[EditedLineInput] | None = optional("All lines as they shall be; what is not named is removed.")
    fees: list[FeeInput] | None = optional("All fees as they shall be, at most 50; an empty list removes them.")
    shipping_fee: FeeInput | None = optional("What all shipping costs; an amount of 0 makes it free.")
    shipping_address: AddressInput | None = optional("The whole new address.")
    billing_address: AddressInput | None = optional("The whole new address.")
    customer: CustomerInput | None = optional("Another buyer.")
    payment_method: str | None = optional("A word of the channel's mapping, or such as cod, bank_transfer, on_account.")
    note: str | None = optional("At most 10,000 characters.")
    seller: str | None = optional("The agent whose sale it is.")
    ticket: str | None = optional("A reference to a ticket.")
    buyer_tax_id: str | None = optional("For the invoice.")
    promised_on: date | None = optional("The promised day, not in the past; a pre-order's is after today.")
    delivery_point: DeliveryPointInput | None = optional("A locker or pick-up point instead of the door.")
    clear: list[OrderClearable] | None = optional("What shall be empty.")
    reason: str | None = optional("Why; kept in the history.")


@strawberry.enum(
    description=(
        "At which prices an order is entered again. SAME: what was paid for a piece after all discounts; no rule "
        "discounts it again. CURRENT: today's prices and discounts."
    )
)
class DuplicatePrices(Enum):
    SAME = Prices.SAME
    CURRENT = Prices.CURRENT


@strawberry.input(description="An order to be entered again.")
class OrderDuplicateInput:
    id: strawberry.ID = strawberry.field(description="The order that is there.")
    expected_version: int | None = optional(VERSION)
    prices: DuplicatePrices | None = optional("Null: SAME.")
    channel: str | None = optional("A channel's slug; null: the order's if it is one of the house, else the staff's.")
    customer: CustomerInput | None = optional("Another buyer; null: the same.")
    promised_on: date | None = optional("The promised day; null: the order's, if it has not passed.")
