"""Addresses: stored as JSON on the order, the same words in and out."""

from typing import Any

import strawberry

from api.graphql.fields import attribute, optional

FIELDS = ("name", "company", "street", "city", "county", "postcode", "country", "phone")


@strawberry.type(description="A billing or shipping address, as the order has it.")
class Address:
    name: str | None = attribute("The person.")
    company: str | None = attribute("The company.")
    street: str | None = attribute("Street, number and the like, in one line.")
    city: str | None = attribute("The town.")
    county: str | None = attribute("County (județ) or its code.")
    postcode: str | None = attribute("Postal code.")
    country: str | None = attribute("ISO 3166-1, two letters.")
    phone: str | None = attribute("Telephone.")


@strawberry.input(description="A billing or shipping address.")
class AddressInput:
    name: str | None = optional("The person.")
    company: str | None = optional("The company.")
    street: str | None = optional("Street, number and the like, in one line.")
    city: str | None = optional("The town.")
    county: str | None = optional("County (județ) or its code.")
    postcode: str | None = optional("Postal code.")
    country: str | None = optional("ISO 3166-1, two letters.")
    phone: str | None = optional("Telephone.")

    def stored(self) -> dict[str, Any]:
        """As an order keeps it: only what was given."""
        given = {name: getattr(self, name) for name in FIELDS}
        return {name: value for name, value in given.items() if value is not None}


def address(stored: dict[str, Any] | None) -> Address | None:
    if not stored:
        return None
    return Address(**{name: stored.get(name) for name in FIELDS})
