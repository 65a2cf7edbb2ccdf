"""Notes on orders."""

from datetime import datetime
from enum import Enum

import strawberry

from api.graphql.fields import attribute, optional
from domain.orders import models as orders


@strawberry.enum(description="Whom a note is for.")
class NoteAudience(Enum):
    STAFF = orders.NoteAudience.STAFF
    CUSTOMER = orders.NoteAudience.CUSTOMER


@strawberry.type(description="What somebody noted on an order.")
class OrderNote:
    id: strawberry.ID = attribute("Our id.")
    audience: NoteAudience = attribute("Whom it is for; one for the customer may be shown to them.")
    text: str = attribute("What is noted.")
    author: str = attribute("Who noted it.")
    at: datetime = attribute("When.")
    edited_at: datetime | None = attribute("When it was last reworded; history keeps every wording.")
    version: int = attribute("For `expectedVersion` of orderNoteEdit.")


@strawberry.input(description="A note to be added to an order.")
class OrderNoteAddInput:
    order: strawberry.ID = strawberry.field(description="The order.")
    text: str = strawberry.field(description="At most 10,000 characters.")
    audience: NoteAudience | None = optional("Whom it is for; null: the staff.")


@strawberry.input(description="A note in other words.")
class OrderNoteEditInput:
    id: strawberry.ID = strawberry.field(description="The note.")
    text: str = strawberry.field(description="At most 10,000 characters.")
    expected_version: int | None = optional("The note's version that you read; null asks for no check.")
