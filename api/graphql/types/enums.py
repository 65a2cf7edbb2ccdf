"""Enums of the API, declared on purpose: their words are the contract's."""

from enum import Enum, StrEnum

import strawberry

from domain.channels.models import InvoiceAt
from domain.diary.models import DiaryState
from domain.fulfilment.models import PackingState
from domain.orders.models import FulfilmentState, PaymentState
from domain.orders.status import Status
from domain.reads.aging import OrderAging
from domain.shipping.models import ShipmentStatus, ShippingStarts


@strawberry.enum(description="Where an order is on its way (the guide's statuses 0 to 16).")
class OrderStatus(Enum):
    DRAFT = Status.DRAFT
    PROCESSING = Status.PROCESSING
    PENDING_PAYMENT = Status.PENDING_PAYMENT
    CONFIRMED = Status.CONFIRMED
    SHIPPING = Status.SHIPPING
    DELIVERED = Status.DELIVERED
    REFUND = Status.REFUND
    RETURN = Status.RETURN
    CANCELLED = Status.CANCELLED
    ON_HOLD = Status.ON_HOLD
    FAILED = Status.FAILED
    RETURN_PENDING = Status.RETURN_PENDING
    PARTIAL_RETURN = Status.PARTIAL_RETURN
    PARTIAL_REFUND = Status.PARTIAL_REFUND
    PAID = Status.PAID
    READY = Status.READY
    STOCK_UNAVAILABLE = Status.STOCK_UNAVAILABLE


@strawberry.enum(description="The approval that a rule asks for; null on the order: no rule asks.")
class ApproveStatus(Enum):
    PENDING = 0
    APPROVED = 1
    REJECTED = -1


@strawberry.enum(description="What a run of synchronisation is about.")
class SyncKind(StrEnum):
    ORDERS = "ORDERS"
    STOCK = "STOCK"
    PRICES = "PRICES"
    DESCRIPTIONS = "DESCRIPTIONS"
    IMAGES = "IMAGES"
    STATUSES = "STATUSES"


@strawberry.enum(
    description=(
        "What orders are sorted by; the id breaks ties. By PROMISED_ON, only orders with a promised day are listed."
    )
)
class OrderSortField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    PLACED_AT = "PLACED_AT"
    NUMBER = "NUMBER"
    TOTAL = "TOTAL"
    STATUS_SINCE = "STATUS_SINCE"
    PROMISED_ON = "PROMISED_ON"


PaymentStateEnum = strawberry.enum(PaymentState, description="What has been paid, derived from the payments.")
FulfilmentStateEnum = strawberry.enum(
    FulfilmentState, description="How much has been handed over, derived from delivery notes and AWBs."
)
DiaryStateEnum = strawberry.enum(
    DiaryState,
    description="OPEN wants a person; WAITING waits for what its cause names; RESOLVED and IGNORED are done.",
)
PackingStateEnum = strawberry.enum(PackingState, description="How far a packing list is. An AWB needs APPROVED.")
ShipmentStatusEnum = strawberry.enum(
    ShipmentStatus,
    description=(
        "Where a shipment is. REQUESTED: the courier is being asked. UNKNOWN: it was asked and no answer came; it is "
        "asked again by our own key, and never a second AWB is made."
    ),
)
InvoiceAtEnum = strawberry.enum(InvoiceAt, description="When the invoice of an order is issued.")
ShippingStartsEnum = strawberry.enum(
    ShippingStarts, description="When an order counts as handed over: with its AWB, with dispatch, or the first scan."
)
strawberry.enum(
    OrderAging,
    description=(
        "Orders that want somebody. Hours and days are the clock's, working hours those of the business calendar. "
        "UNREVIEWED: in Draft or Processing. APPROVAL_PENDING: a rule waits for its approver. "
        "UNCONFIRMED_OVER_2_WORKING_HOURS and DRAFT_OVER_4_HOURS: counted from the entry. ON_HOLD_OVER_3_DAYS. "
        "STOCK_UNAVAILABLE: waiting for goods. BACK_ORDER_OVER_7_DAYS: in Stock Unavailable, or with a back-ordered "
        "rest, for that long. PRE_ORDER_DUE_WITHIN_7_DAYS: promised by then, or overdue, and not confirmed. "
        "PACKED_WITHOUT_AWB: a packing list of an open delivery note has no live AWB. RETURN_UNDECIDED_OVER_3_DAYS."
    ),
)
