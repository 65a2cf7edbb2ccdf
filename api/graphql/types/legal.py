"""Legal entities and series of invoices."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.invoicing import models
from domain.invoicing.entities import ADDRESS_FIELDS
from domain.kernel.database import Json
from domain.reads.rows import AnyRow

from .ids import gid
from .invoice import InvoiceKind
from .refusals import Invalid, NotFound, StaleVersion
from .seller import LegalAddress, legal_address


@strawberry.type(description="Who sells: a company with its tax id. Invoices copy it when they are issued.")
class LegalEntity:
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("As it stands on invoices; unique.")
    tax_id: str | None = attribute("CUI, with RO where it pays VAT, or another country's VAT number.")
    registration_number: str | None = attribute("The trade register's number.")
    address: LegalAddress | None = attribute("Its seat.")
    iban: str | None = attribute("Its bank account.")
    bank: str | None = attribute("The account's bank.")
    version: int = attribute("Counts its changes; name it as `expectedVersion` when you change it.")


@strawberry.type(description="A series in which invoices or credit notes are numbered, without gaps.")
class InvoiceSeries:
    prefix: str = attribute("Begins every number of the series; unique.")
    legal_entity: LegalEntity = attribute("Whose it is, for good.")
    kind: InvoiceKind | None = attribute("What is issued in it; null: both.")
    next_number: int = attribute("The number that is issued next.")
    version: int = attribute("Counts its changes; issuing is none.")


@strawberry.input(description="Where a legal entity has its seat.")
class LegalAddressInput:
    street: str | None = optional("Street, number and the like, in one line.")
    city: str | None = optional("The town.")
    county: str | None = optional("County (județ) or its code.")
    postcode: str | None = optional("Postal code.")
    country: str | None = optional("ISO 3166-1, two letters.")

    def told(self) -> dict[str, str | None]:
        """As the use case takes it."""
        return {name: getattr(self, name) for name in ADDRESS_FIELDS}


@strawberry.input(description="A legal entity as it shall be; what is null it has not.")
class LegalEntityInput:
    name: str = strawberry.field(description="As it stands on invoices, at most 200 characters; unique.")
    id: strawberry.ID | None = optional("The entity to change; null finds or makes one by its name.")
    tax_id: str | None = optional("A Romanian CUI (its check digit is checked), or another country's VAT number.")
    registration_number: str | None = optional("The trade register's number, such as J08/123/2020.")
    address: LegalAddressInput | None = optional("Its seat.")
    iban: str | None = optional("Its bank account; the check digits are checked.")
    bank: str | None = optional("The account's bank.")
    expected_version: int | None = optional("The version that you read; null asks for no check.")


@strawberry.input(description="A series, by its prefix.")
class InvoiceSeriesInput:
    prefix: str = strawberry.field(description="1 to 20 capitals, digits, dots, slashes, hyphens and underscores.")
    legal_entity: strawberry.ID = strawberry.field(description="Whose it is. It cannot be changed later.")
    kind: InvoiceKind | None = optional("What is issued in it; null: both. It cannot be changed later.")
    next_number: int | None = optional(
        "The number to go on with: not below the one that is next, and only until something was issued. Default: 1."
    )
    expected_version: int | None = optional("The version that you read; null asks for no check.")


LegalEntityResult = Annotated[
    LegalEntity | Invalid | NotFound | StaleVersion,
    strawberry.union("LegalEntityResult", description="A legal entity, or why not."),
]
InvoiceSeriesResult = Annotated[
    InvoiceSeries | Invalid | StaleVersion,
    strawberry.union("InvoiceSeriesResult", description="A series, or why not."),
]


def legal_entity(found: Json) -> LegalEntity:
    """The entity of a row's JSON (`domain.reads.legal_rows.ENTITY`)."""
    return LegalEntity(
        id=gid(UUID(found["id"])),
        name=found["name"],
        tax_id=found["tax_id"],
        registration_number=found["registration_number"],
        address=legal_address(found["address"]),
        iban=found["iban"],
        bank=found["bank"],
        version=found["version"],
    )


def invoice_series(row: AnyRow) -> InvoiceSeries:
    return InvoiceSeries(
        prefix=row.prefix,
        legal_entity=legal_entity(row.legal_entity),
        kind=None if row.kind is None else InvoiceKind(models.InvoiceKind(row.kind)),
        next_number=row.next_number,
        version=row.version,
    )
