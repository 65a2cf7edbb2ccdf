"""Invoices and credit notes."""

from datetime import datetime
from enum import Enum

import strawberry

from api.graphql.fields import attribute
from domain.invoicing import models as invoicing

from .money import Money
from .seller import Seller


@strawberry.enum(description="An invoice, or the credit note that takes one back.")
class InvoiceKind(Enum):
    INVOICE = invoicing.InvoiceKind.INVOICE
    CREDIT_NOTE = invoicing.InvoiceKind.CREDIT_NOTE


@strawberry.type(description="An invoice or credit note, as issued; a credit note's amounts are negative.")
class Invoice:
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("The series and the number in it, without gaps.")
    kind: InvoiceKind = attribute("Invoice or credit note.")
    issued_at: datetime = attribute("When it was issued.")
    net: Money = attribute("Without tax.")
    tax: Money = attribute("The tax.")
    total: Money = attribute("With tax.")
    seller: Seller | None = attribute("Who sold; null on what was issued before this was kept.")
    credited: bool = attribute("Whether a credit note took it back.")
    credits: strawberry.ID | None = attribute("The invoice that this credit note takes back.")
