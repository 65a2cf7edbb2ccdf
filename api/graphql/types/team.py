"""Teams."""

from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.reads.rows import AnyRow

from .ids import gid
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="Whoever is of a team sees and works with orders of its channels alone.")
class Team:
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("What keys and people name.")
    title: str = attribute("For people.")
    channels: list[str] = attribute("Slugs of its channels; without any, its members see no order.", size=20)
    version: int = attribute("Grows with every change.")


@strawberry.type(description="The team is removed.")
class TeamRemoved:
    slug: str = attribute("Its slug, which is free again.")


@strawberry.input(description="A team as it shall be.")
class TeamInput:
    slug: str = strawberry.field(description="1 to 63 lower-case letters, digits, hyphens, underscores; it stays.")
    title: str = strawberry.field(description="For people, up to 200 characters.")
    channels: list[str] = strawberry.field(description="Slugs of all that it shall have, at most 1,000.")
    expected_version: int | None = optional("The version that you read; null asks for no check.")


TeamResult = Annotated[
    Team | Invalid | StaleVersion, strawberry.union("TeamResult", description="The team, or why not.")
]
TeamRemoveResult = Annotated[
    TeamRemoved | Invalid | NotFound | StaleVersion,
    strawberry.union("TeamRemoveResult", description="Which team is gone, or why not."),
]


def make_team(row: AnyRow) -> Team:
    return Team(id=gid(row.id), slug=row.slug, title=row.title, channels=row.channels, version=row.version)
