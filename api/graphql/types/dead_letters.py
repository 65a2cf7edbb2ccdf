"""Work that was given up."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional

from .page import PageInfo
from .refusals import Invalid, NotFound


@strawberry.type(
    description="A piece of work that failed too often, and that no diary entry can tell of: a label, a round of "
    "tracking, a reaction. It is kept until it is put back to work."
)
class DeadLetter:
    id: strawberry.ID = attribute("The id of the piece of work.")
    consumer: str = attribute("Who was to do it, such as fetch_label.")
    aggregate: str = attribute("What it is about, such as shipment:<id>.")
    error: str = attribute("Why it failed the last time.")
    attempts: int = attribute("How often it was tried.")
    created_at: datetime = attribute("When it was asked for.")
    died_at: datetime = attribute("When it was given up.")
    correlation_id: str | None = attribute("The id under which the logs tell of it.")


@strawberry.type(description="A dead letter on a page.")
class DeadLetterEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: DeadLetter = attribute("The dead letter.")


@strawberry.type(description="A page of dead letters, newest first.")
class DeadLetterConnection:
    edges: list[DeadLetterEdge] = attribute("The dead letters.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.input(description="Which dead letters to put back to work; exactly one of the two.")
class DeadLetterReviveInput:
    ids: list[strawberry.ID] | None = optional("These, at most 1000.")
    all: bool | None = optional("true: all, at most 1000 a call, the oldest first.")


@strawberry.type(description="Dead letters were put back to work.")
class DeadLettersRevived:
    count: int = attribute("How many there were; those that were gone already are left out.")


DeadLetterReviveResult = Annotated[
    DeadLettersRevived | NotFound | Invalid,
    strawberry.union("DeadLetterReviveResult", description="How many, or why not."),
]
