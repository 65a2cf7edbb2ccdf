"""Personal data: finding a person, taking out what is held on them, and the state of an erasure."""

import strawberry
from sqlalchemy import select
from strawberry.scalars import JSON

from api.graphql.change import id_of
from api.graphql.context import Info, selected
from api.graphql.fields import root
from api.graphql.parts.people import make_customers
from api.graphql.types.customer import CUSTOMER, Customer
from api.graphql.types.privacy import Erasure, make_erasure
from api.personal_data import taken_out
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import NotFound, invalid
from domain.kernel.texts import text_problem
from domain.privacy.models import Erasure as ErasureRow
from domain.reads.personal_data import people_found


async def _find(info: Info, email: str | None = None, phone: str | None = None) -> list[Customer]:
    given = {"email": email, "phone": phone}
    if not any(text and text.strip() for text in given.values()):
        raise invalid(("email",), "ONE_OF", "Give an e-mail, a telephone number, or both.")
    for name, text in given.items():
        if text is not None and (words := text_problem(text)):
            raise invalid((name,), "NOT_A_TEXT", words)
    asked = selected(info)
    async with info.context.read() as connection:
        rows = await people_found(connection, CUSTOMER.select(asked).columns, email or None, phone or None)
        return await make_customers(connection, rows, asked)


async def _export(info: Info, customer: strawberry.ID) -> JSON:
    key = id_of(customer, "customer", "customer")
    document = await taken_out(info.context.services.database, info.context.actor, key)
    if document is None:
        raise NotFound("customer", key, path=("customer",))
    return JSON(document)


async def _erasure(info: Info, customer: strawberry.ID) -> Erasure | None:
    key = parse_id(customer)
    if key is None:
        return None
    async with info.context.read() as connection:
        row = (await connection.execute(select(ErasureRow.__table__).where(ErasureRow.customer_id == key))).first()
    return None if row is None else make_erasure(row)


_find_field = root(
    _find,
    permission=Permission.PRIVACY_EDIT,
    size=3,
    description=(
        "The customers who have this e-mail or telephone number, or whose parcels went to that number; at most 50, "
        "oldest first. A person may be several customers: merge them, or erase each."
    ),
)
_export_field = root(
    _export,
    permission=Permission.PRIVACY_EDIT,
    description=(
        "Everything that is held on a customer, for the person: a section for each kind of thing, its rows as they are "
        "kept. The audit log tells who took it out. An unknown customer is an error with code NOT_FOUND. The same as a "
        "file: GET /exports/personal/{customer}.json."
    ),
)
_erasure_field = root(
    _erasure,
    permission=Permission.PRIVACY_EDIT,
    description="The erasure of a customer; null if none was asked for.",
)


@strawberry.type
class PrivacyQueries:
    personal_data_find: list[Customer] = _find_field
    personal_data_export: JSON = _export_field
    personal_data_erasure: Erasure | None = _erasure_field
