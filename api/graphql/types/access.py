"""Roles and API keys."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.fields import attribute, optional
from domain.access.create_key import PREFIX
from domain.reads.rows import AnyRow

from .ids import gid
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.type(description="What people and programs of one kind may do, and what approval steps name.")
class Role:
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("What keys and approval steps name, such as sales_manager.")
    title: str = attribute("For people.")
    permissions: list[str] = attribute("Words such as orders.edit.")
    version: int = attribute("Grows with every change.")


@strawberry.type(description="A program's key. Its secret is shown once, when it is made.")
class ApiKey:
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("What history shows as the actor.")
    permissions: list[str] = attribute("What it may, beside what its roles say.")
    roles: list[str] = attribute("Slugs of its roles; * for every role.")
    created_by: str | None = attribute("Who made it; null for the admin's.")
    created_at: datetime = attribute("Since when.")
    expires_at: datetime | None = attribute("Until when; null: until it is revoked.")
    revoked_at: datetime | None = attribute("Since when it is ended.")
    prefix: str = attribute("How its secret begins, as that of every key.")
    hint: str | None = attribute("The last four characters of its secret; null for the admin's and for old keys.")
    last_used_at: datetime | None = attribute("When it was last used, to a minute; null: never.")
    old_secret_until: datetime | None = attribute("Until when the secret before the last rotation is taken.")
    seller: str | None = attribute("The seller that it is; see ownOrdersOnly.")
    own_orders_only: bool = attribute("Whether it sees and works with its seller's orders and estimates alone.")
    team: str | None = attribute("The slug of its team, whose channels it is limited to; null: all channels.")


@strawberry.type(description="A new key.")
class ApiKeyCreated:
    api_key: ApiKey = attribute("The key.")
    secret: str | None = attribute(
        "What to send as Authorization: Bearer. It is kept nowhere: null when a request is repeated."
    )


@strawberry.input(description="A role as it shall be.")
class RoleUpsertInput:
    slug: str = strawberry.field(description="1 to 60 lower-case letters, digits, hyphens, underscores; it stays.")
    title: str = strawberry.field(description="For people, up to 200 characters.")
    permissions: list[str] = strawberry.field(description="All that it shall have; you can add only your own.")
    expected_version: int | None = optional("The version that you read; null asks for no check.")


@strawberry.input(description="A key to make. It needs a permission or a role.")
class ApiKeyCreateInput:
    name: str = strawberry.field(description="What history shows as the actor, up to 200 characters.")
    permissions: list[str] | None = optional("What it may; only what you may yourself.")
    roles: list[str] | None = optional("Slugs of roles; only those that you hold.")
    expires_at: datetime | None = optional("Until when; null: until it is revoked.")
    seller: str | None = optional("The seller that it is, as orders name them; up to 200 characters.")
    own_orders_only: bool = strawberry.field(
        description="Whether it sees and works with its seller's orders and estimates alone.", default=False
    )
    team: str | None = optional("The slug of a team, whose channels it is limited to; null: all channels.")


@strawberry.input(description="A key that is to have a new secret.")
class ApiKeyRotateInput:
    id: strawberry.ID = strawberry.field(description="The key.")
    grace_hours: int = strawberry.field(
        description="How long the old secret is still taken: 0 to 168 hours.", default=24
    )


RoleResult = Annotated[
    Role | Invalid | StaleVersion, strawberry.union("RoleResult", description="The role, or why not.")
]
ApiKeyCreateResult = Annotated[
    ApiKeyCreated | Invalid, strawberry.union("ApiKeyCreateResult", description="The key with its secret, or why not.")
]
ApiKeyRotateResult = Annotated[
    ApiKeyCreated | Invalid | NotFound,
    strawberry.union("ApiKeyRotateResult", description="The key with its new secret, or why not."),
]
ApiKeyResult = Annotated[
    ApiKey | Invalid | NotFound, strawberry.union("ApiKeyResult", description="The key as it is now, or why not.")
]


def make_role(row: AnyRow) -> Role:
    return Role(id=gid(row.id), slug=row.slug, title=row.title, permissions=row.permissions, version=row.version)


def make_key(row: AnyRow) -> ApiKey:
    return ApiKey(
        id=gid(row.id),
        name=row.name,
        permissions=row.permissions,
        roles=row.roles,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        prefix=PREFIX,
        hint=row.hint,
        last_used_at=row.used_at,
        old_secret_until=row.old_until,
        seller=row.seller,
        own_orders_only=row.own_orders_only,
        team=row.team,
    )
