"""Orders and their parts. What a list shows is made from rows (`blueprint`); the rarer parts are filled in for all
orders of an answer at once (`parts`).
"""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.blueprint import Blueprint, Source
from api.graphql.fields import attribute
from domain.discounts.vouchers import state_words
from domain.orders import models as orders
from domain.orders.models import FulfilmentState, PaymentState

from .address import Address, address
from .approval import Approval
from .channel import Channel
from .customer import Customer
from .enums import ApproveStatus, OrderStatus
from .fulfilment import DeliveryNote, PackingList
from .history import HistoryEntry
from .invoice import Invoice
from .metafield import Metafield
from .money import Money, money, plain, plain_or_none, unit_price
from .note import OrderNote
from .payment import Payment, PaymentKind
from .price_source import PriceSource, price_source
from .refusals import (
    IllegalMove,
    Invalid,
    MissingStock,
    NotApproved,
    NotFound,
    PaymentMissing,
    RoleNeeded,
    StaleVersion,
    StockMissing,
)
from .shipping import Shipment


@strawberry.enum(description="What a charge is for.")
class ChargeKind(Enum):
    SHIPPING = orders.ChargeKind.SHIPPING
    FEE = orders.ChargeKind.FEE
    ROUNDING = orders.ChargeKind.ROUNDING


@strawberry.type(description="A line: total = quantity x unitPrice, rounded, - discount + tax.")
class OrderLine:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    position: int = attribute("From 1.")
    sku: str | None = attribute("The SKU when it was ordered.")
    name: str = attribute("The name when it was ordered.")
    quantity: Decimal = attribute("How many.")
    unit_price: Money = attribute("Without tax and before discount; up to six places.")
    price_source: PriceSource | None = attribute("Which rule gave the unit price; null: the channel told it.")
    subtotal: Money = attribute("Quantity x unit price, without tax and before discount.")
    discount: Money = attribute("Without tax.")
    tax: Money = attribute("The tax.")
    tax_rate: Decimal | None = attribute("In percent, where one rate was used.")
    total: Money = attribute("With tax, after discount.")
    metafields: list[Metafield] = attribute("Fields of the house's own, by key.", size=3)


@strawberry.type(description="What of a confirmed order's line waits for goods, since the order was confirmed in part.")
class BackOrderedLine:
    line: strawberry.ID = attribute("The order line.")
    sku: str = attribute("The SKU.")
    quantity: Decimal = attribute("What of it is not reserved.")
    since: datetime = attribute("Since when it waits.")


@strawberry.type(description="Shipping, a fee, or the rounding that makes the parts equal the channel's total.")
class OrderCharge:
    id: strawberry.ID = attribute("Our id.")
    kind: ChargeKind = attribute("What it is for.")
    title: str = attribute("As the channel calls it.")
    amount: Money = attribute("Without tax; fees may be negative.")
    tax: Money = attribute("The tax.")


@strawberry.type(
    description="A discount as the channel explained it, or by a rule of ours; the lines already contain it."
)
class OrderDiscount:
    id: strawberry.ID = attribute("Our id.")
    code: str = attribute("The voucher or the rule.")
    amount: Money = attribute("What it saved, without tax.")
    rule_id: strawberry.ID | None = attribute("The trade discount; null: the channel's own.")
    voucher: str | None = attribute("The voucher of the trade discount.")


@strawberry.type(description="A voucher that was entered with an order.")
class OrderVoucher:
    code: str = attribute("As it was entered.")
    rule_id: strawberry.ID | None = attribute("Its trade discount; null: there is none any more.")
    applies: bool = attribute("Whether it takes something off.")
    why_not: str | None = attribute("Why it takes nothing off: a code, such as OUTBID or BELOW_MINIMUM.")
    message: str | None = attribute("The same for people.")


@strawberry.type(description="A locker or a pick-up point.")
class DeliveryPoint:
    provider: str | None = attribute("Whose it is; null where the store said only the id.")
    id: str = attribute("The provider's id for it.")
    name: str | None = attribute("What people call it.")


@strawberry.type(description="A move of the order, and what bars it.")
class NextAction:
    to: OrderStatus = attribute("Where to.")
    allowed: bool = attribute("Whether you may do it now.")
    reason: str | None = attribute("Why not.")
    unlocked_by: str | None = attribute("Who or what lifts the bar.")


@strawberry.type(description="An order.")
class Order:
    key: strawberry.Private[UUID]
    channel_id: strawberry.Private[UUID]
    customer_id: strawberry.Private[UUID | None]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Our number, unique.")
    status: OrderStatus = attribute("Where it is on its way.")
    status_code: int = attribute("The guide's code of the status, 0 to 16.")
    approve_status: ApproveStatus | None = attribute("The approval that a rule asks for; null: none does.")
    approval: Approval | None = attribute("What is asked of whom, or was last; null: no rule ever held it.")
    metafields: list[Metafield] = attribute("Fields of the house's own, by key.", size=3)
    payment_state: PaymentState = attribute("What has been paid.")
    fulfilment_state: FulfilmentState = attribute("How much has been handed over.")
    version: int = attribute(
        "Grows with every edit and move; named as expectedVersion it guards from overwriting others."
    )
    channel: Channel = attribute("Where it came from.")
    external_id: str | None = attribute("Its id there.")
    external_number: str | None = attribute("Its number there.")
    customer: Customer | None = attribute("Who buys.")
    billing_address: Address | None = attribute("For the invoice.")
    shipping_address: Address | None = attribute("Where it goes.")
    delivery_point: DeliveryPoint | None = attribute("A locker or pick-up point; null: it goes to the address.")
    buyer_tax_id: str | None = attribute("The buyer's tax id.")
    seller: str | None = attribute("The agent.")
    ticket: str | None = attribute("A reference to a ticket.")
    note: str | None = attribute("What the buyer or the staff wrote.")
    notes: list[OrderNote] = attribute("What people noted since, oldest first; at most 200.", size=2)
    lines: list[OrderLine] = attribute("All lines, by position.", size=5)
    charges: list[OrderCharge] = attribute("Shipping, fees and rounding.", size=2)
    discounts: list[OrderDiscount] = attribute("The discounts that the lines contain.", size=1)
    vouchers: list[OrderVoucher] = attribute("The vouchers that were entered with it; at most 10.", size=1)
    currency: str = attribute("ISO 4217; all amounts of the order are in it.")
    subtotal: Money = attribute("The lines, without tax and before discounts.")
    discount_total: Money = attribute("The discounts, without tax.")
    fee_total: Money = attribute("Fees and rounding, without tax.")
    shipping_total: Money = attribute("Shipping, without tax.")
    tax_total: Money = attribute("All taxes.")
    total: Money = attribute("subtotal - discountTotal + feeTotal + shippingTotal + taxTotal, to the ban.")
    payment_method: str | None = attribute("The channel's word for it.")
    payment_title: str | None = attribute("The channel's words for people.")
    payment_kind: PaymentKind | None = attribute("When it is paid.")
    payments: list[Payment] = attribute("What came in and went back, oldest first.", size=2)
    due: Money = attribute("What is still to be paid; never below 0.")
    overpaid: Money = attribute("What came in beyond the total, less what was given back.")
    promised_on: date | None = attribute("The promised day, for pre-orders.")
    test: bool = attribute("A test order reserves and invoices nothing.")
    held_from: OrderStatus | None = attribute("The status to which a hold goes back.")
    shortages: list[MissingStock] = attribute("What was missing when it was last to be confirmed.", size=2)
    lacking: list[MissingStock] = attribute(
        "What its warehouse lacks of it now, before it is confirmed; empty for test orders.", size=2
    )
    back_ordered: list[BackOrderedLine] = attribute("What of it waits after it was confirmed in part.", size=2)
    placed_at: datetime = attribute("When the buyer placed it.")
    created_at: datetime = attribute("When it came to us.")
    updated_at: datetime = attribute("When it was last changed.")
    confirmed_at: datetime | None = attribute("When it was first confirmed.")
    status_since: datetime = attribute("Since when it has its status.")
    history: list[HistoryEntry] = attribute("Everything that happened to it, in order.", size=20)
    next_actions: list[NextAction] = attribute("Every move, and why those that are barred are barred.", size=10)
    delivery_notes: list[DeliveryNote] = attribute("Its delivery notes, oldest first.", size=2)
    packing_lists: list[PackingList] = attribute("Its packing lists, oldest first.", size=2)
    shipments: list[Shipment] = attribute("Its shipments, oldest first; void ones too.", size=2)
    invoices: list[Invoice] = attribute("Its invoices and credit notes, oldest first.", size=2)


_STATUS = {status.value: status for status in OrderStatus}


def delivery_point(id: str | None, provider: str | None, name: str | None) -> DeliveryPoint | None:
    return None if id is None else DeliveryPoint(provider=provider, id=id, name=name)


def order_status(status: int) -> OrderStatus:
    return _STATUS[status]  # type: ignore[index]  # the codes are what the statuses are


def vouchers(stored: list[dict[str, str | None]] | None) -> list[OrderVoucher]:
    return [
        OrderVoucher(
            code=str(one["code"]),
            rule_id=None if one["rule"] is None else strawberry.ID(one["rule"]),
            applies=one["why"] is None,
            why_not=one["why"],
            message=None if one["why"] is None else state_words(one["why"]),
        )
        for one in stored or ()
    ]


def shortages(stored: list[dict[str, str]] | None) -> list[MissingStock]:
    return [
        MissingStock(sku=one["sku"], ordered=plain(Decimal(one["ordered"])), available=plain(Decimal(one["available"])))
        for one in stored or ()
    ]


ORDER = Blueprint(
    Order,
    {
        "id": Source("id", make=str),
        "number": Source("number", make=str),
        "status": Source("status", make=order_status),
        "statusCode": Source("status", make=int),
        "approveStatus": Source("approve_status", make=ApproveStatus),
        "paymentState": Source("payment_state"),
        "fulfilmentState": Source("fulfilment_state"),
        "version": Source("version"),
        "channel": Source("channel_id", attribute="channel_id"),
        "externalId": Source("external_id"),
        "externalNumber": Source("external_number"),
        "customer": Source("customer_id", attribute="customer_id"),
        "billingAddress": Source("billing", make=address),
        "shippingAddress": Source("shipping", make=address),
        "deliveryPoint": Source(
            "delivery_point", "delivery_point_provider", "delivery_point_name", make=delivery_point
        ),
        "buyerTaxId": Source("buyer_tax_id"),
        "seller": Source("seller"),
        "ticket": Source("ticket"),
        "note": Source("note"),
        "lines": Source("version", attribute="version"),
        "currency": Source("currency"),
        "subtotal": Source("subtotal", "currency", make=money),
        "discountTotal": Source("discount_total", "currency", make=money),
        "feeTotal": Source("fee_total", "currency", make=money),
        "shippingTotal": Source("shipping_total", "currency", make=money),
        "taxTotal": Source("tax_total", "currency", make=money),
        "total": Source("total", "currency", make=money),
        "paymentMethod": Source("payment_method"),
        "paymentTitle": Source("payment_title"),
        "paymentKind": Source("payment_kind", make=PaymentKind),
        "promisedOn": Source("promised_on"),
        "test": Source("test"),
        "heldFrom": Source("held_from", make=order_status),
        "vouchers": Source("vouchers", "id", make=lambda stored, _id: vouchers(stored)),
        "shortages": Source("shortages", "id", make=lambda stored, _id: shortages(stored)),
        "placedAt": Source("placed_at"),
        "createdAt": Source("created_at"),
        "updatedAt": Source("updated_at"),
        "confirmedAt": Source("confirmed_at"),
        "statusSince": Source("status_since"),
    },
)

LINE = Blueprint(
    OrderLine,
    {
        "id": Source("id", make=str),
        "position": Source("position"),
        "sku": Source("sku"),
        "name": Source("name"),
        "quantity": Source("quantity", make=plain),
        "unitPrice": Source("unit_price", "currency", make=unit_price),
        "priceSource": Source("price_source", make=price_source),
        "subtotal": Source("subtotal", "currency", make=money),
        "discount": Source("discount", "currency", make=money),
        "tax": Source("tax", "currency", make=money),
        "taxRate": Source("tax_rate", make=plain_or_none),
        "total": Source("total", "currency", make=money),
    },
    always=("id", "order_id", "order_version"),
)

OrderResult = Annotated[
    Order | Invalid | NotFound | StaleVersion | IllegalMove | NotApproved | PaymentMissing | StockMissing,
    strawberry.union(
        "OrderResult",
        description=(
            "orderConfirm without stock succeeds: the order is then STOCK_UNAVAILABLE. StockMissing refuses a move "
            "from there to CONFIRMED, or to READY."
        ),
    ),
]

OrderApprovalResult = Annotated[
    Order | Invalid | NotFound | StaleVersion | RoleNeeded,
    strawberry.union("OrderApprovalResult", description="The order, or why it cannot be decided."),
]
