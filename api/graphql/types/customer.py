"""Customers."""

from datetime import datetime

import strawberry

from api.graphql.blueprint import Blueprint, Source
from api.graphql.fields import attribute


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
