"""Saved views of the queue, and the screens that every house has."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute, optional

from .ids import gid
from .order_page import OrderFilter, OrderSort
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="A filter and a sort of the queue under a name.")
class OrderView:
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("For people; each owner has a name once.")
    filter: JSON = attribute("An OrderFilter, to be sent as a variable of `orders`.")
    sort: JSON = attribute("An OrderSort, likewise.")
    columns: list[str] = attribute("The columns that a frontend shows, in its own words.")
    shared: bool = attribute("Whether everybody sees it.")
    mine: bool = attribute("Whether you own it, and may change it.")
    owner: str = attribute("Who owns it.")
    version: int = attribute("Grows with every change.")
    updated_at: datetime = attribute("When it was last saved.")
    problem: str | None = attribute(
        "Why its filter can no longer be asked as it was meant (a channel or group that is gone, a field that is no "
        "more); null: it can."
    )


@strawberry.type(description="A screen that every house has; it is cheap, however many orders there are.")
class OrderScreen:
    key: str = attribute("Stable, for programs.")
    title: str = attribute("For people.")
    filter: JSON = attribute("An OrderFilter, to be sent as a variable of `orders`.")
    sort: JSON = attribute("An OrderSort, likewise.")
    takes: list[str] = attribute("Fields of the filter that you fill in.", size=1)


@strawberry.input(description="A view as it shall be.")
class OrderViewSaveInput:
    id: strawberry.ID | None = optional("The view to change; null makes a new one, of at most 100 that you may have.")
    name: str = strawberry.field(description="For people, up to 80 characters; yours must differ from each other.")
    filter: OrderFilter | None = optional("What it asks for; null: all orders.")
    sort: OrderSort | None = optional("How it is sorted; null: the newest first.")
    columns: list[str] | None = optional("Up to 50 words of your own, each up to 60 letters, digits, _ and dots.")
    shared: bool = strawberry.field(description="Whether everybody sees it.", default=False)
    expected_version: int | None = optional("The version that you read; null asks for no check.")


@strawberry.type(description="The view is gone.")
class OrderViewDeleted:
    id: strawberry.ID = attribute("Its id.")


OrderViewResult = Annotated[
    OrderView | Invalid | NotFound | StaleVersion,
    strawberry.union("OrderViewResult", description="The view, or why not."),
]
OrderViewDeleteResult = Annotated[
    OrderViewDeleted | Invalid | NotFound,
    strawberry.union("OrderViewDeleteResult", description="That it is gone, or why not."),
]


def make_view(row: dict[str, object], owner: str, problem: str | None) -> OrderView:
    """`owner` is who asks."""
    shown = {name: row[name] for name in ("name", "filter", "sort", "columns", "shared", "version", "updated_at")}
    return OrderView(
        id=gid(row["id"]),  # type: ignore[arg-type]
        mine=row["owner"] == owner,
        owner=row["owner_label"],  # type: ignore[arg-type]
        problem=problem,
        **shown,  # type: ignore[arg-type]
    )
