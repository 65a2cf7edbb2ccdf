"""Stock."""

from decimal import Decimal
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional

from .refusals import Invalid, NotFound


@strawberry.type(description="What a warehouse has of a SKU: available = onHand - reserved.")
class StockLevel:
    sku: str = attribute("The SKU.")
    warehouse: str = attribute("The warehouse's code.")
    on_hand: Decimal = attribute("What is there.")
    reserved: Decimal = attribute("What of it is kept for confirmed orders.")
    available: Decimal = attribute("What can still be promised.")


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


StockResult = Annotated[
    StockReceived | Invalid | NotFound, strawberry.union("StockResult", description="The new levels, or why not.")
]
