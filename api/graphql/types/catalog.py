"""Products and their variants."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional

from .metafield import Metafield, MetafieldFilter
from .money import Money, MoneyInput
from .page import PageInfo
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


@strawberry.type(description="A value that tells a variant from the others.")
class ProductOption:
    name: str = attribute("What it is about, such as Colour.")
    value: str = attribute("The value, such as Red.")


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
    metafields: list[Metafield] = attribute("Fields of the house's own, by key.", size=3)
    group: ProductGroup | None = attribute("The group or subgroup that it is in.")
    family: strawberry.ID = attribute("The id of the whole product, which may have other variants: `productFamily`.")
    options: list[ProductOption] = attribute(
        "What tells it from the product's other variants, such as a colour.", size=2
    )
    unit: str | None = attribute("What is counted, such as pcs.")
    description: str = attribute("What is told of the product; may be empty.")
    images: list[str] = attribute("Addresses of images, the first for lists; at most 50.", size=2)
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


@strawberry.type(description="A whole product with all its variants.")
class ProductFamily:
    id: strawberry.ID = attribute("Our id of the whole product.")
    name: str = attribute("The name.")
    description: str = attribute("What is told of it; may be empty.")
    unit: str | None = attribute("What is counted, such as pcs.")
    images: list[str] = attribute("Addresses of images, the first for lists; at most 50.", size=2)
    option_names: list[str] = attribute("What the variants differ by; at most 5.", size=2)
    group: ProductGroup | None = attribute("The group or subgroup that it is in.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")
    variants: list[Product] = attribute("The variants, oldest first; at most 250.", size=5)


@strawberry.input(description="A variant of a product, known by its SKU.")
class VariantInput:
    sku: str = strawberry.field(description="Unique; 100 characters at most.")
    name: str | None = optional("The name on orders; null is the product's name with the options.")
    options: list[str] | None = optional("A value of each of the product's optionNames, in their order.")
    barcode: str | None = optional("GTIN of 8, 12, 13 or 14 digits, whose last digit must fit.")
    price: MoneyInput | None = optional("Without VAT; null: none, orders then need a price list or a price.")
    vat_rate: Decimal | None = optional("In percent, such as 21; null: no tax.")
    weight_kg: Decimal | None = optional("Kilograms.")
    length_cm: Decimal | None = optional("Centimetres.")
    width_cm: Decimal | None = optional("Centimetres.")
    height_cm: Decimal | None = optional("Centimetres.")
    active: bool | None = optional("Whether it is sold; null is true.")


@strawberry.input(description="A whole product as it shall be: a new one, or with an id a change of one.")
class ProductSaveInput:
    id: strawberry.ID | None = optional("What to change; null makes a new product.")
    name: str = strawberry.field(description="The name; 500 characters at most.")
    description: str | None = optional("50,000 characters at most; null is none.")
    unit: str | None = optional("What is counted, such as pcs; 20 characters at most.")
    group: str | None = optional("The slug of its group or subgroup; null: none.")
    images: list[str] | None = optional("Addresses (http, https), the first for lists; 50 at most.")
    option_names: list[str] | None = optional("What the variants differ by, such as Colour; 5 at most.")
    variants: list[VariantInput] = strawberry.field(
        description="All of them, 1 to 250. One that is there and not named is not sold any more."
    )
    expected_version: int | None = optional("Refuses where somebody changed the product after this version.")


@strawberry.enum(description="What happens to a file of which some rows are bad.")
class ImportMode(StrEnum):
    ALL_OR_NOTHING = "ALL_OR_NOTHING"
    SKIP_BAD = "SKIP_BAD"


@strawberry.input(description="A catalogue file. Larger ones go to POST /imports/products.csv.")
class ProductsImportInput:
    csv: str = strawberry.field(description="The file: its first line names the columns. 20,000 rows at most.")
    mode: ImportMode | None = optional("Null is ALL_OR_NOTHING: one bad row, and nothing is written.")
    dry_run: bool | None = optional("True only looks: the answer tells what would be done.")


@strawberry.type(description="What is wrong with a cell of a file.")
class RowProblem:
    line: int = attribute("The line of the file; the first, with the columns, is 1.")
    column: str | None = attribute("The column; null where it is about the whole row.")
    code: str = attribute("Stable, for programs.")
    message: str = attribute("What is wrong, and what to do.")


@strawberry.type(description="What became of a file, or what would become of it.")
class ProductsImported:
    applied: bool = attribute("Whether anything was written: not for a dry run, and not where a bad row barred it.")
    created: int = attribute("New SKUs.")
    updated: int = attribute("SKUs that were changed.")
    unchanged: int = attribute("SKUs that are as the file says already.")
    problem_count: int = attribute("How many problems there are.")
    problems: list[RowProblem] = attribute("The first 1,000 of them, by line.", size=20)


@strawberry.input(description="Which products; all that is given must hold.")
class ProductFilter:
    search: str | None = optional("A part of name or SKU, or a whole barcode; 200 characters at most.")
    sku: str | None = optional("This SKU.")
    barcode: str | None = optional("This barcode.")
    group: str | None = optional("The slug of a group: its products and those of its subgroups.")
    active: bool | None = optional("Whether they are sold.")
    metafields: list[MetafieldFilter] | None = optional("All of these fields have these values; 10 at most.")


@strawberry.input(description="A whole product by exactly one of these.", one_of=True)
class ProductRef:
    id: strawberry.ID | None = strawberry.field(description="The whole product's id.", default=strawberry.UNSET)
    sku: str | None = strawberry.field(description="The SKU of one of its variants.", default=strawberry.UNSET)


@strawberry.type(description="A product and its place in the list.")
class ProductEdge:
    cursor: str = attribute("The place, for `after`.")
    node: Product = attribute("The product.")


@strawberry.type(description="A page of products.")
class ProductConnection:
    edges: list[ProductEdge] = attribute("The products of this page.")
    page_info: PageInfo = attribute("Where the page stands.")


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
ProductSaveResult = Annotated[
    ProductFamily | Invalid | NotFound | StaleVersion,
    strawberry.union("ProductSaveResult", description="A whole product, or why not."),
]
ProductsImportResult = Annotated[
    ProductsImported | Invalid,
    strawberry.union("ProductsImportResult", description="What became of a file, or why it cannot be taken."),
]
