"""The sync diary."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.diary.models import DiaryState

from .channel import Channel
from .order import Order
from .page import PageInfo
from .refusals import Invalid, NotFound


@strawberry.type(
    description="cause: machine-readable, such as sku:ABC-1, payment_method:cod, status:on-hold; "
    "message and remedy: for people."
)
class DiaryEntry:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    at: datetime = attribute("When it was written.")
    channel: Channel = attribute("The channel that it is about.")
    direction: str = attribute("in or out.")
    cause: str = attribute("What it waits for, or what happened.")
    message: str = attribute("In words for people.")
    remedy: str | None = attribute("What to do.")
    state: DiaryState = attribute("Whether somebody must act.")
    external_id: str | None = attribute("The order's id at the channel.")
    order: Order | None = attribute("Our order, where there is one.")
    waiting: int = attribute("How many items wait for this cause in this channel.")
    resolved_at: datetime | None = attribute("When it was settled.")


@strawberry.input(description="All that is named must hold. An empty list is the same as none.")
class DiaryFilter:
    channel: list[str] | None = optional("Slugs; any of these.")
    state: list[DiaryState] | None = optional("Any of these.")
    cause: str | None = optional("The whole cause, such as sku:ABC-1.")


@strawberry.type(description="An entry on a page.")
class DiaryEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: DiaryEntry = attribute("The entry.")


@strawberry.type(description="A page of the diary, newest first.")
class DiaryConnection:
    edges: list[DiaryEdge] = attribute("The entries.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.input(description="Which waiting items to try again; exactly one of the three.")
class DiaryReplayInput:
    ids: list[strawberry.ID] | None = optional("Diary entries.")
    cause: str | None = optional("All that waits for this cause, in any channel.")
    all: bool | None = optional("true: everything that waits.")


@strawberry.type(description="Items were put back to work.")
class Replayed:
    count: int = attribute("How many items; each once.")


ReplayResult = Annotated[
    Replayed | NotFound | Invalid, strawberry.union("ReplayResult", description="How many, or why not.")
]


@strawberry.type(description="Entries were closed.")
class Resolved:
    count: int = attribute("How many were open.")


ResolveResult = Annotated[
    Resolved | NotFound | Invalid, strawberry.union("ResolveResult", description="How many, or why not.")
]
