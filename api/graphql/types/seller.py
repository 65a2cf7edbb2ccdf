"""Who sells, as invoices copy it."""

import strawberry

from api.graphql.fields import attribute
from domain.invoicing.entities import ADDRESS_FIELDS
from domain.kernel.database import Json


@strawberry.type(description="Where a legal entity has its seat.")
class LegalAddress:
    street: str | None = attribute("Street, number and the like, in one line.")
    city: str | None = attribute("The town.")
    county: str | None = attribute("County (județ) or its code.")
    postcode: str | None = attribute("Postal code.")
    country: str | None = attribute("ISO 3166-1, two letters.")


@strawberry.type(description="The legal entity that sold, as it was when the invoice was issued.")
class Seller:
    name: str = attribute("Its name.")
    tax_id: str | None = attribute("CUI, or another country's VAT number.")
    registration_number: str | None = attribute("The trade register's number.")
    address: LegalAddress | None = attribute("Its seat.")
    iban: str | None = attribute("Its bank account.")
    bank: str | None = attribute("The account's bank.")


def legal_address(stored: Json | None) -> LegalAddress | None:
    return LegalAddress(**{name: stored.get(name) for name in ADDRESS_FIELDS}) if stored else None


def seller(stored: Json | None) -> Seller | None:
    """The seller of an invoice; None of one that was issued before sellers were kept."""
    if stored is None:
        return None
    texts = {name: stored.get(name) for name in ("tax_id", "registration_number", "iban", "bank")}
    return Seller(name=stored["name"], address=legal_address(stored.get("address")), **texts)
