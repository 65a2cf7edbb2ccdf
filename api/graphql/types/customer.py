"""Customers."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.blueprint import Blueprint, Source
from api.graphql.fields import attribute

from .refusals import Invalid, NotFound


@strawberry.type(description="A buyer.")
class Customer:
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("The name.")
    email: str | None = attribute("In lower case.")
    phone: str | None = attribute("Telephone, as it was given.")
    company: str | None = attribute("The company's name.")
    tax_id: str | None = attribute("The company's tax id (CUI).")
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
        "createdAt": Source("created_at"),
    },
)


@strawberry.input(description="Two customers who are one person.")
class CustomersMergeInput:
    keep: strawberry.ID = strawberry.field(description="Who keeps everything.")
    drop: strawberry.ID = strawberry.field(description="Who is gone afterwards.")


CustomerResult = Annotated[
    Customer | Invalid | NotFound, strawberry.union("CustomerResult", description="A customer, or why not.")
]
