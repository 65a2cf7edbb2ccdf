"""Metafields."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute, optional
from domain.metafields.models import FieldKind, Owner
from domain.metafields.values import Sent
from domain.reads.rows import AnyRow

from .ids import gid
from .refusals import Invalid, NotFound, StaleVersion

OwnerEnum = strawberry.enum(
    Owner, name="MetafieldOwner", description="What a metafield belongs to; PRODUCT is what has a SKU."
)
FieldKindEnum = strawberry.enum(FieldKind, name="MetafieldKind", description="The type of a metafield's values.")


@strawberry.type(description="A value of a metafield.")
class Metafield:
    key: str = attribute("namespace.name.")
    title: str = attribute("For people.")
    kind: FieldKind = attribute("The type.")
    value: JSON = attribute("DECIMAL as a text, DATE and DATETIME in ISO 8601, the others as they are.")


@strawberry.type(description="A declared field of the house's own.")
class MetafieldDefinition:
    id: strawberry.ID = attribute("Our id.")
    owner: Owner = attribute("What it belongs to.")
    key: str = attribute("namespace.name.")
    kind: FieldKind = attribute("The type of its values.")
    choices: list[str] = attribute("The words of a CHOICE.")
    title: str = attribute("For people.")
    description: str | None = attribute("What it is for.")
    filterable: bool = attribute("Whether lists can be filtered by it.")
    permission: str | None = attribute("What who sets it needs beside the permission to edit its owner.")
    version: int = attribute("Grows with every change.")
    retired_at: datetime | None = attribute("Since when it is out of use: its values are kept, unseen.")


@strawberry.type(description="All metafields of an owner, after the change.")
class MetafieldsSet:
    owner: Owner = attribute("What they belong to.")
    id: strawberry.ID = attribute("The owner's id.")
    metafields: list[Metafield] = attribute("The values, by key.", size=5)


@strawberry.input(description="A field as it shall be, found or made by owner and key.")
class MetafieldDefineInput:
    owner: Owner = strawberry.field(description="What it belongs to.")
    key: str = strawberry.field(description="namespace.name of lower-case letters, digits and _; 80 at most.")
    kind: FieldKind = strawberry.field(description="The type; it stays while there are values.")
    title: str = strawberry.field(description="For people; 200 characters at most.")
    choices: list[str] | None = optional("The words of a CHOICE, 1 to 100.")
    description: str | None = optional("What it is for.")
    filterable: bool = strawberry.field(description="Whether lists can be filtered by it.", default=False)
    permission: str | None = optional("What who sets it needs, such as orders.approve.")
    expected_version: int | None = optional("The version that you read; null asks for no check.")


@strawberry.input(description="A field to take out of use.")
class MetafieldRetireInput:
    owner: Owner = strawberry.field(description="What it belongs to.")
    key: str = strawberry.field(description="namespace.name.")
    expected_version: int | None = optional("The version that you read; null asks for no check.")


@strawberry.input(description="A value for a field.")
class MetafieldValueInput:
    key: str = strawberry.field(description="namespace.name of a declared field.")
    value: JSON | None = optional("Of the field's type; null removes the value.")

    def sent(self) -> Sent:
        return Sent(self.key, self.value)


@strawberry.input(description="Values to set; fields that are not named keep theirs.")
class MetafieldsSetInput:
    owner: Owner = strawberry.field(description="What they belong to.")
    id: strawberry.ID = strawberry.field(description="The owner's id.")
    values: list[MetafieldValueInput] = strawberry.field(description="1 to 100; each field once.")
    expected_version: int | None = optional("The order's version (also for a line), or the customer's.")


@strawberry.input(description="A filterable field has this value.")
class MetafieldFilter:
    key: str = strawberry.field(description="namespace.name of a field that is declared filterable.")
    equals: JSON = strawberry.field(description="The value, of the field's type.")

    def sent(self) -> Sent:
        return Sent(self.key, self.equals)


MetafieldDefinitionResult = Annotated[
    MetafieldDefinition | Invalid | NotFound | StaleVersion,
    strawberry.union("MetafieldDefinitionResult", description="The field, or why not."),
]
MetafieldsResult = Annotated[
    MetafieldsSet | Invalid | NotFound | StaleVersion,
    strawberry.union("MetafieldsResult", description="The values, or why not."),
]


def make_definition(row: AnyRow) -> MetafieldDefinition:
    names = ("owner", "key", "kind", "choices", "title", "description", "filterable", "permission", "version")
    return MetafieldDefinition(
        id=gid(row.id), retired_at=row.retired_at, **{name: getattr(row, name) for name in names}
    )


def make_metafield(row: AnyRow) -> Metafield:
    return Metafield(key=row.key, title=row.title, kind=row.kind, value=row.value)
