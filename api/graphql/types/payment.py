"""Payments and refunds of an order."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

import strawberry

from api.graphql.fields import attribute, optional
from domain.channels import models as channels
from domain.payments.models import MoneyFlow

from .money import Money


@strawberry.enum(description="When an order is paid; only PREPAID needs the payment before the delivery note.")
class PaymentKind(Enum):
    PREPAID = channels.PaymentKind.PREPAID
    ON_DELIVERY = channels.PaymentKind.ON_DELIVERY
    ON_ACCOUNT = channels.PaymentKind.ON_ACCOUNT


@strawberry.enum(description="Which way money went.")
class PaymentFlow(Enum):
    PAYMENT = MoneyFlow.PAYMENT
    REFUND = MoneyFlow.REFUND


@strawberry.type(description="Money that came in, or went back.")
class Payment:
    id: strawberry.ID = attribute("Our id.")
    flow: PaymentFlow = attribute("Which way.")
    amount: Money = attribute("With tax; positive, but for an entry that takes another back.")
    method: str | None = attribute("How it was paid.")
    reference: str | None = attribute("The bank's or the till's reference.")
    note: str | None = attribute("What the person said who recorded it.")
    at: datetime = attribute("When.")
    actor: str = attribute("Who recorded it.")
    voided: bool = attribute("Whether it was a mistake, and taken back.")
    reverses: strawberry.ID | None = attribute("The entry that this one takes back.")


@strawberry.input(description="A payment that came in.")
class PaymentRecordInput:
    order: strawberry.ID = strawberry.field(description="The order.")
    amount: Decimal = strawberry.field(description="Above 0, with tax, in the order's currency.")
    currency: str | None = optional("Must be the order's; null: it is.")
    method: str | None = optional("How it was paid.")
    reference: str | None = optional(
        "The bank's or the till's. Booked once per order: the same again with the same amount changes nothing, with "
        "another amount it is refused as DUPLICATE."
    )
    at: datetime | None = optional("When it came in, not in the future; null: now.")
    note: str | None = optional("Anything that helps to find it, such as the bank's reference.")


@strawberry.input(description="A payment or refund that was booked by mistake.")
class PaymentVoidInput:
    id: strawberry.ID = strawberry.field(description="The payment.")
    reason: str = strawberry.field(description="Why; kept in the history.")
