"""Personal data: what is held on a person, and their erasure."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute
from domain.reads.rows import AnyRow

from .ids import gid
from .refusals import Invalid, NotFound, OrdersOpen


@strawberry.type(description="The erasure of a person, which is carried out in the background within minutes.")
class Erasure:
    id: strawberry.ID = attribute("Our id.")
    customer_id: strawberry.ID = attribute("The customer; nobody is it any more.")
    reason: str = attribute("What was given as the reason.")
    requested_at: datetime = attribute("When it was asked for; the customer itself was erased at that moment.")
    requested_by: str = attribute("Who asked for it.")
    orders_erased: int = attribute("From how many orders the person was erased so far.")
    finished_at: datetime | None = attribute("When the last trace was gone; null while that goes on.")


@strawberry.input(description="A person to erase.")
class PersonalDataEraseInput:
    customer: strawberry.ID = strawberry.field(description="The customer's id.")
    reason: str = strawberry.field(
        description=(
            "Kept with the erasure, such as the date of the request; it must not name the person. 1,000 characters."
        )
    )


PersonalDataEraseResult = Annotated[
    Erasure | OrdersOpen | Invalid | NotFound,
    strawberry.union("PersonalDataEraseResult", description="The erasure, or why not."),
]


def make_erasure(row: AnyRow) -> Erasure:
    return Erasure(
        id=gid(row.id),
        customer_id=gid(row.customer_id),
        reason=row.reason,
        requested_at=row.requested_at,
        requested_by=row.actor,
        orders_erased=row.orders,
        finished_at=row.finished_at,
    )
