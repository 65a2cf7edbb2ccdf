"""Receipt notes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.stock.models import ReceiptState

from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion

strawberry.enum(ReceiptState, name="ReceiptState", description="Only an approved note has added its goods.")


@strawberry.type(description="A quantity of a SKU on a receipt note.")
class ReceiptLine:
    position: int = attribute("From 1.")
    sku: str = attribute("The SKU.")
    quantity: Decimal = attribute("How many.")
    batch: str | None = attribute("The maker's lot.")
    note: str | None = attribute("What the warehouse wrote.")


@strawberry.type(description="Goods that come in. The approval adds them to the stock, once.")
class ReceiptNote:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Such as RN-17; numbers may have gaps.")
    warehouse: str = attribute("The warehouse's code.")
    state: ReceiptState = attribute("A draft can be edited.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")
    supplier: str | None = attribute("Who sends them.")
    reference: str | None = attribute("The number of the supplier's paper.")
    expected_on: date | None = attribute("When they are expected.")
    reason: str | None = attribute("What was written about it.")
    created_at: datetime = attribute("When it was begun.")
    created_by: str = attribute("Who began it.")
    approved_at: datetime | None = attribute("When its goods were added.")
    approved_by: str | None = attribute("Who approved it.")
    lines: list[ReceiptLine] = attribute("All lines, in their order; at most 10,000.", size=20)


@strawberry.input(description="A quantity of a SKU.")
class ReceiptLineInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="Above 0.")
    batch: str | None = optional("The maker's lot; at most 200 characters.")
    note: str | None = optional("At most 200 characters.")


@strawberry.input(description="What a receipt note says.")
class ReceiptNoteInput:
    lines: list[ReceiptLineInput] = strawberry.field(description="1 to 10,000 lines; a SKU may stand on several.")
    warehouse: str | None = optional("The warehouse's code; null: the main one.")
    supplier: str | None = optional("At most 200 characters.")
    reference: str | None = optional("The number of the supplier's paper; at most 200 characters.")
    expected_on: date | None = optional("When the goods are expected.")
    reason: str | None = optional("At most 1,000 characters.")


@strawberry.type(description="A receipt note on a page.")
class ReceiptNoteEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: ReceiptNote = attribute("The note.")


@strawberry.type(description="A page of receipt notes, newest first.")
class ReceiptNoteConnection:
    edges: list[ReceiptNoteEdge] = attribute("The notes.")
    page_info: PageInfo = attribute("What is before and after.")


ReceiptNoteResult = Annotated[
    ReceiptNote | Invalid | NotFound | StaleVersion,
    strawberry.union("ReceiptNoteResult", description="The note, or why not."),
]
