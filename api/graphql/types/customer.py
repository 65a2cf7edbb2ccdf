"""Customers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.blueprint import Blueprint, Source
from api.graphql.fields import attribute, optional

from .metafield import Metafield, MetafieldFilter
from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="A group of customers with common terms.")
class CustomerGroup:
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("What rules and imports name it by; unique.")
    name: str = attribute("The name.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")


@strawberry.type(description="A buyer.")
class Customer:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("The name.")
    email: str | None = attribute("In lower case.")
    phone: str | None = attribute("Telephone, as it was given.")
    company: str | None = attribute("The company's name.")
    tax_id: str | None = attribute("The company's tax id (CUI).")
    groups: list[CustomerGroup] = attribute("The groups that the customer is in, by slug; at most 50.", size=2)
    metafields: list[Metafield] = attribute("Fields of the house's own, by key.", size=3)
    version: int = attribute("Grows with every edit; named as expectedVersion it guards from overwriting others.")
    created_at: datetime = attribute("When we first met.")


CUSTOMER = Blueprint(
    Customer,
    {
        "id": Source("id", make=str),
        "name": Source("name"),
        "email": Source("email"),
        "phone": Source("phone"),
        "company": Source("company"),
        "taxId": Source("tax_id"),
        "version": Source("version"),
        "createdAt": Source("created_at"),
    },
)


@strawberry.input(description="Two customers who are one person.")
class CustomersMergeInput:
    keep: strawberry.ID = strawberry.field(description="Who keeps everything.")
    drop: strawberry.ID = strawberry.field(description="Who is gone afterwards.")


@strawberry.input(description="A customer: a new one, or with an id a change of one. What is null stays as it is.")
class CustomerUpsertInput:
    id: strawberry.ID | None = optional("Whom to change; null makes a new customer.")
    name: str | None = optional("The name; needed for a new customer. 200 characters at most, as all texts here.")
    email: str | None = optional("The e-mail address; an empty text removes it.")
    phone: str | None = optional("Telephone; an empty text removes it.")
    company: str | None = optional("The company's name; an empty text removes it.")
    tax_id: str | None = optional("The company's tax id (CUI); an empty text removes it.")
    groups: list[str] | None = optional("Slugs: exactly these groups from now on. 50 at most.")
    expected_version: int | None = optional("Refuses where somebody changed the customer after this version.")


@strawberry.input(description="In which groups a customer is.")
class CustomerGroupSetInput:
    customer: strawberry.ID = strawberry.field(description="The customer's id.")
    groups: list[str] = strawberry.field(description="Slugs: exactly these groups from now on. 50 at most.")
    expected_version: int | None = optional("Refuses where somebody changed the customer after this version.")


@strawberry.input(description="A group of customers, found or made by its slug.")
class CustomerGroupInput:
    slug: str = strawberry.field(description="Unique: lower-case letters, digits, - and _; 63 at most.")
    name: str = strawberry.field(description="The name; 200 characters at most.")
    expected_version: int | None = optional("Refuses where somebody changed the group after this version.")


@strawberry.input(description="Which customers; all that is given must hold.")
class CustomerFilter:
    search: str | None = optional("A part of name or e-mail (3 characters or more), or a whole e-mail or phone.")
    group: str | None = optional("The slug of a group that they are in.")
    metafields: list[MetafieldFilter] | None = optional("All of these fields have these values; 10 at most.")


@strawberry.type(description="A customer and its place in the list.")
class CustomerEdge:
    cursor: str = attribute("The place, for `after` and `before`.")
    node: Customer = attribute("The customer.")


@strawberry.type(description="A page of customers.")
class CustomerConnection:
    edges: list[CustomerEdge] = attribute("The customers of this page.")
    page_info: PageInfo = attribute("Where the page stands.")


CustomerGroupResult = Annotated[
    CustomerGroup | Invalid | StaleVersion,
    strawberry.union("CustomerGroupResult", description="A group of customers, or why not."),
]
CustomerResult = Annotated[
    Customer | Invalid | NotFound | StaleVersion,
    strawberry.union("CustomerResult", description="A customer, or why not."),
]
