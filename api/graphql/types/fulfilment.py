"""Delivery notes and packing lists."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.fulfilment.models import DeliveryNoteState, PackingState

from .refusals import IllegalMove, Invalid, NotFound, ParcelIncomplete, PaymentMissing, StaleVersion, StockMissing

DeliveryNoteStateEnum = strawberry.enum(
    DeliveryNoteState, description="OPEN is to be packed, HANDED_OVER has left, VOIDED counts for nothing."
)


@strawberry.type(description="A quantity of an order line on a delivery note.")
class DeliveryNoteLine:
    line: strawberry.ID = attribute("The order line.")
    sku: str | None = attribute("The line's SKU.")
    name: str = attribute("The line's name.")
    quantity: Decimal = attribute("The quantity on this note.")


@strawberry.type(description="What is to leave the warehouse for an order, whole or in part.")
class DeliveryNote:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Such as DN-17.")
    state: DeliveryNoteState = attribute("How far it is.")
    created_at: datetime = attribute("When it was made.")
    lines: list[DeliveryNoteLine] = attribute("What is on it.", size=5)


@strawberry.type(description="A parcel; all four measures are needed before an AWB.")
class Parcel:
    number: int = attribute("From 1.")
    length_cm: Decimal | None = attribute("Centimetres.")
    width_cm: Decimal | None = attribute("Centimetres.")
    height_cm: Decimal | None = attribute("Centimetres.")
    weight_kg: Decimal | None = attribute("Kilograms.")


@strawberry.type(description="How a delivery note is packed.")
class PackingList:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    number: str = attribute("Such as PL-17.")
    state: PackingState = attribute("How far it is.")
    version: int = attribute(
        "Grows when it is packed or approved; named as expectedVersion it guards from overwriting."
    )
    delivery_note_id: strawberry.ID = attribute("The delivery note that it packs.")
    created_at: datetime = attribute("When it was begun.")
    parcels: list[Parcel] = attribute("Its parcels, by number.", size=3)


@strawberry.input(description="A quantity of an order line.")
class DeliveryLineInput:
    line: strawberry.ID = strawberry.field(description="The order line.")
    quantity: Decimal = strawberry.field(description="Above 0, at most what is on no note yet.")


@strawberry.input(description="A delivery note to be made.")
class DeliveryNoteInput:
    order: strawberry.ID = strawberry.field(description="The order.")
    lines: list[DeliveryLineInput] | None = optional("Quantities; null: everything that is on no note yet.")
    expected_version: int | None = optional("The order's version that you read; another one now is refused.")


@strawberry.input(description="A packing list to be begun.")
class PackingListInput:
    delivery_note: strawberry.ID = strawberry.field(description="The delivery note.")


@strawberry.input(description="A parcel as it was measured.")
class ParcelInput:
    length_cm: Decimal | None = optional("Centimetres, above 0.")
    width_cm: Decimal | None = optional("Centimetres, above 0.")
    height_cm: Decimal | None = optional("Centimetres, above 0.")
    weight_kg: Decimal | None = optional("Kilograms, above 0.")


@strawberry.input(description="The parcels of a packing list, which replace those that it had.")
class PackInput:
    id: strawberry.ID = strawberry.field(description="The packing list.")
    parcels: list[ParcelInput] = strawberry.field(description="All parcels, in their order; the first is number 1.")
    expected_version: int | None = optional("The list's version that you read; another one now is refused.")


DeliveryNoteResult = Annotated[
    DeliveryNote | Invalid | NotFound | StaleVersion | IllegalMove | PaymentMissing | StockMissing,
    strawberry.union("DeliveryNoteResult", description="A delivery note, or why not."),
]
PackingListResult = Annotated[
    PackingList | Invalid | NotFound | StaleVersion | ParcelIncomplete,
    strawberry.union("PackingListResult", description="A packing list, or why not."),
]
