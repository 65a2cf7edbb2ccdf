"""Stock: warehouses, levels, their moves."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.stock.models import MoveKind

from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.enum(description="Why a level changed.")
class StockMoveKind(Enum):
    RECEIPT = MoveKind.RECEIPT
    DISPATCH = MoveKind.DISPATCH
    CORRECTION = MoveKind.CORRECTION
    TRANSFER = MoveKind.TRANSFER
    QUARANTINE_IN = MoveKind.QUARANTINE_IN
    QUARANTINE_OUT = MoveKind.QUARANTINE_OUT
    DISCARD = MoveKind.DISCARD


@strawberry.type(description="A place that holds goods.")
class Warehouse:
    code: str = attribute("Unique; what others name it by.")
    name: str = attribute("For people.")
    active: bool = attribute("false: it takes nothing in.")
    version: int = attribute("Grows with every change.")
    channels: list[str] = attribute("The slugs of the channels that ship from it.", size=5)


@strawberry.input(description="A warehouse, found or made by its code.")
class WarehouseInput:
    code: str = strawberry.field(description="Lower-case letters, digits, - and _; at most 63.")
    name: str = strawberry.field(description="At most 200 characters.")
    active: bool | None = optional("false switches it off: it takes nothing in. null: true.")
    expected_version: int | None = optional("The version that you read; null: not checked.")


@strawberry.type(description="What a warehouse has of a SKU: available = onHand - reserved - quarantined.")
class StockLevel:
    sku: str = attribute("The SKU.")
    warehouse: str = attribute("The warehouse's code.")
    on_hand: Decimal = attribute("What is there, quarantine included.")
    reserved: Decimal = attribute("What of it is kept for confirmed orders.")
    quarantined: Decimal = attribute("What of it is set apart and promised to nobody.")
    available: Decimal = attribute("What can still be promised.")


@strawberry.input(description="All that is named must hold.")
class StockLevelFilter:
    warehouse: str | None = optional("The warehouse's code.")
    search: str | None = optional("A part of the SKU or the name; at most 200 characters.")
    below: Decimal | None = optional("Less than this is available.")


@strawberry.type(description="A level on a page.")
class StockLevelEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: StockLevel = attribute("The level.")


@strawberry.type(description="A page of levels, by SKU.")
class StockLevelConnection:
    edges: list[StockLevelEdge] = attribute("The levels.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.type(description="One change of a level. onHand is the sum of quantity, quarantined that of quarantined.")
class StockMove:
    id: strawberry.ID = attribute("Our id.")
    at: datetime = attribute("When.")
    warehouse: str = attribute("The warehouse's code.")
    kind: StockMoveKind = attribute("Why.")
    quantity: Decimal = attribute("What came on hand; below 0: what went.")
    quarantined: Decimal = attribute("What came into quarantine; below 0: what went out of it.")
    cause: str | None = attribute("The number of the receipt note or delivery note that moved it.")
    reason: str | None = attribute("In words, where somebody said it.")
    actor: str = attribute("Who did it.")


@strawberry.type(description="A move on a page.")
class StockMoveEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: StockMove = attribute("The move.")


@strawberry.type(description="A page of moves, newest first.")
class StockMoveConnection:
    edges: list[StockMoveEdge] = attribute("The moves.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.type(description="Stock was taken in or corrected; the levels are those after it.")
class StockReceived:
    lines: list[StockLevel] = attribute("The levels of the SKUs that were named.", size=20)


@strawberry.input(description="A quantity of a SKU that came in.")
class StockLineInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="Above 0.")


@strawberry.input(description="Goods that came in.")
class StockReceiveInput:
    lines: list[StockLineInput] = strawberry.field(description="What came in.")
    warehouse: str | None = optional("The warehouse's code; null: the main one.")
    reason: str | None = optional("Why, such as the number of the supplier's note.")


@strawberry.input(description="What is there of a SKU differs from what is written.")
class StockCorrectInput:
    sku: str = strawberry.field(description="The SKU.")
    difference: Decimal = strawberry.field(description="What to add to onHand; below 0: less is there.")
    reason: str = strawberry.field(description="Why, such as 'broken' or 'counted on 1 May'.")
    warehouse: str | None = optional("The warehouse's code; null: the main one.")


@strawberry.input(description="Goods to set apart.")
class StockQuarantineInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="Above 0, and at most what is available.")
    reason: str = strawberry.field(description="Why, such as 'came back damaged'.")
    warehouse: str | None = optional("The warehouse's code; null: the main one.")


@strawberry.input(description="Goods that leave quarantine.")
class StockReleaseInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="Above 0, and at most what is in quarantine.")
    reason: str = strawberry.field(description="Why, such as 'checked, as new'.")
    warehouse: str | None = optional("The warehouse's code; null: the main one.")
    discard: bool | None = optional("true: they are thrown away, and no longer on hand. null: they can be sold again.")


@strawberry.input(description="Goods that go from one warehouse to another.")
class StockTransferInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="Above 0, and at most what is available in the source.")
    source: str = strawberry.field(description="The code of the warehouse that they are in.")
    target: str = strawberry.field(description="The code of the warehouse that they go to.")
    reason: str = strawberry.field(description="Why, or the number of the transport.")


WarehouseResult = Annotated[
    Warehouse | Invalid | StaleVersion, strawberry.union("WarehouseResult", description="A warehouse, or why not.")
]
StockResult = Annotated[
    StockReceived | Invalid | NotFound, strawberry.union("StockResult", description="The new levels, or why not.")
]
