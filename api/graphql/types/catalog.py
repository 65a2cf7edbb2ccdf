"""Products and their variants."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional

from .money import Money, MoneyInput
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="A group of products, or a subgroup.")
class ProductGroup:
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("What rules and imports name it by; unique.")
    name: str = attribute("The name.")
    parent: str | None = attribute("The slug of the group above; null at the top.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")


@strawberry.input(description="A group of products, found or made by its slug.")
class ProductGroupInput:
    slug: str = strawberry.field(description="Unique: lower-case letters, digits, - and _; 63 at most.")
    name: str = strawberry.field(description="The name; 200 characters at most.")
    parent: str | None = optional("The slug of the group above; null: it stands at the top. 10 levels at most.")
    expected_version: int | None = optional("Refuses where somebody changed the group after this version.")


@strawberry.type(description="A group that is gone.")
class GroupDeleted:
    slug: str = attribute("What it was called.")


@strawberry.type(description="What is sold, counted and shipped under one SKU.")
class Product:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id of the variant that has this SKU.")
    sku: str = attribute("Unique.")
    name: str = attribute("The name.")
    barcode: str | None = attribute("GTIN.")
    price: Money | None = attribute("Without VAT.")
    vat_rate: Decimal | None = attribute("In percent; null: no tax.")
    weight_kg: Decimal | None = attribute("Kilograms.")
    length_cm: Decimal | None = attribute("Centimetres.")
    width_cm: Decimal | None = attribute("Centimetres.")
    height_cm: Decimal | None = attribute("Centimetres.")
    active: bool = attribute("Whether it is sold.")
    group: ProductGroup | None = attribute("The group or subgroup that it is in.")
    created_at: datetime = attribute("When it was made.")
    updated_at: datetime = attribute("When it was last changed.")


@strawberry.input(description="A product with one variant, found or made by its SKU.")
class ProductInput:
    sku: str = strawberry.field(description="Unique; an existing product with this SKU is changed.")
    name: str = strawberry.field(description="The name.")
    price: MoneyInput | None = optional("Without VAT.")
    vat_rate: Decimal | None = optional("In percent, such as 21; null: no tax.")
    weight_kg: Decimal | None = optional("Kilograms.")
    length_cm: Decimal | None = optional("Centimetres.")
    width_cm: Decimal | None = optional("Centimetres.")
    height_cm: Decimal | None = optional("Centimetres.")
    barcode: str | None = optional("GTIN.")


@strawberry.type(description="Ties a channel's variant to ours.")
class Listing:
    channel: str = attribute("The channel's slug.")
    external_variant_id: str = attribute("The variant's id there.")
    sku: str = attribute("Our SKU.")


@strawberry.input(description="Ties a channel's variant to our SKU.")
class ListingInput:
    channel: str = strawberry.field(description="The channel's slug.")
    external_variant_id: str = strawberry.field(description="The variant's id there.")
    sku: str = strawberry.field(description="Our SKU.")


ProductResult = Annotated[Product | Invalid, strawberry.union("ProductResult", description="A product, or why not.")]
ListingResult = Annotated[
    Listing | Invalid | NotFound, strawberry.union("ListingResult", description="A listing, or why not.")
]
ProductGroupResult = Annotated[
    ProductGroup | Invalid | StaleVersion,
    strawberry.union("ProductGroupResult", description="A group of products, or why not."),
]
GroupDeleteResult = Annotated[
    GroupDeleted | Invalid | NotFound | StaleVersion,
    strawberry.union("GroupDeleteResult", description="That a group is gone, or why not."),
]
