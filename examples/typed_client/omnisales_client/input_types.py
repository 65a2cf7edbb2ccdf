from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Optional

from pydantic import Field, PlainSerializer

from .base_model import BaseModel
from .enums import (
    ApproveStatus,
    FulfilmentState,
    OrderAging,
    OrderStatus,
    PaymentKind,
    PaymentState,
)


class OrderFilter(BaseModel):
    """All that is named must hold. An empty list is the same as none; a list has at most 200 values, a text at most 200 letters. A range that is reversed is refused."""

    status: Optional[list[OrderStatus]] = None
    "Any of these."
    approve_status: Optional[list[ApproveStatus]] = Field(
        alias="approveStatus", default=None
    )
    "Any of these."
    channel: Optional[list[str]] = None
    "Slugs; any of these."
    customer: Optional[str] = None
    "This customer."
    customer_group: Optional[list[str]] = Field(alias="customerGroup", default=None)
    "Slugs; the customer is in any of these groups."
    seller: Optional[list[str]] = None
    "Any of these agents, as the order names them."
    number: Optional[list[str]] = None
    "Our numbers, with or without #; any of these. What is no number finds nothing."
    sku: Optional[list[str]] = None
    "A line has any of these SKUs."
    payment_state: Optional[list[PaymentState]] = Field(
        alias="paymentState", default=None
    )
    "Any of these."
    payment_kind: Optional[list[PaymentKind]] = Field(alias="paymentKind", default=None)
    "Any of these."
    payment_method: Optional[list[str]] = Field(alias="paymentMethod", default=None)
    "Any of these, in the channel's own words."
    fulfilment_state: Optional[list[FulfilmentState]] = Field(
        alias="fulfilmentState", default=None
    )
    "Any of these."
    currency: Optional[list[str]] = None
    "Any of these, such as RON."
    delivery_point: Optional[list[str]] = Field(alias="deliveryPoint", default=None)
    "Any of these lockers or pickup points, as the order names them."
    ticket: Optional[list[str]] = None
    "Any of these ticket references."
    held_from: Optional[list[OrderStatus]] = Field(alias="heldFrom", default=None)
    "On hold, and was in any of these before."
    test: Optional[bool] = None
    "Only test orders, or only real ones."
    created_after: Optional[datetime] = Field(alias="createdAfter", default=None)
    "At this moment or later."
    created_before: Optional[datetime] = Field(alias="createdBefore", default=None)
    "Before this moment."
    placed_after: Optional[datetime] = Field(alias="placedAfter", default=None)
    "The buyer placed it at this moment or later."
    placed_before: Optional[datetime] = Field(alias="placedBefore", default=None)
    "The buyer placed it before this moment."
    updated_after: Optional[datetime] = Field(alias="updatedAfter", default=None)
    "At this moment or later."
    updated_before: Optional[datetime] = Field(alias="updatedBefore", default=None)
    "Before this moment."
    status_since_after: Optional[datetime] = Field(
        alias="statusSinceAfter", default=None
    )
    "In its status since this moment or later."
    status_since_before: Optional[datetime] = Field(
        alias="statusSinceBefore", default=None
    )
    "In its status since before this moment."
    in_status_over_hours: Optional[int] = Field(alias="inStatusOverHours", default=None)
    "In its status for at least so many hours, up to ten years."
    promised_from: Optional[date] = Field(alias="promisedFrom", default=None)
    "Promised for this day or later."
    promised_to: Optional[date] = Field(alias="promisedTo", default=None)
    "Promised for this day or earlier."
    total_from: Optional[Annotated[Decimal, PlainSerializer(str)]] = Field(
        alias="totalFrom", default=None
    )
    "This much or more."
    total_to: Optional[Annotated[Decimal, PlainSerializer(str)]] = Field(
        alias="totalTo", default=None
    )
    "This much or less."
    search: Optional[str] = None
    "Order number, external number or id, AWB, SKU or ticket; a phone, however it is written (the customer's, or of an address of the order); parts of the customer's name, e-mail, company or tax id (3 letters or more); or beginnings of words of an address, the note, a line's name. Accents and capitals do not matter. At most 200 letters; blank: all."
    has_sync_error: Optional[bool] = Field(alias="hasSyncError", default=None)
    "Whether the diary has an entry about it that is not settled."
    aging: Optional[list[OrderAging]] = None
    "All of these: lists of the morning page."
