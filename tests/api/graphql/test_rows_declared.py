"""A root field that does not say that it keeps to a limited view is refused to callers who have one."""

from uuid import uuid4

import pytest

from api.graphql.documents import Documents, Operation
from api.graphql.fields import Rows, notes_of
from api.graphql.permissions import forbidden
from api.graphql.schema import executable
from domain.kernel.actor import Actor, ActorKind, Permission, Scope

pytestmark = pytest.mark.spec("SEC-1")

_QUERY = '{ mine: orderScreens { key } apiKeys { name } product(sku: "x") { sku } }'
_WHOLE = [
    field
    for field, declared in (executable.query_type.fields.items() if executable.query_type else ())
    if notes_of(declared).rows is Rows.WHOLE
]


def _operation() -> Operation:
    operation = Documents(executable).get(_QUERY).operation(None)
    assert isinstance(operation, Operation)
    return operation


def _actor(scope: Scope) -> Actor:
    return Actor(ActorKind.KEY, "agent", uuid4(), frozenset(Permission), scope=scope)


@pytest.mark.parametrize(
    "scope", [Scope(seller="ana"), Scope(channels=frozenset()), Scope("ana", frozenset([uuid4()]))]
)
def test_what_looks_at_the_whole_house_is_refused_to_a_limited_view(scope: Scope) -> None:
    refusals = forbidden(_operation().needs, _actor(scope))
    fields = [error.extensions["field"] for error in refusals if error.extensions]
    assert fields == [f"Query.{name}" for name in ("orderScreens", "apiKeys", "product") if name in _WHOLE]
    assert "Query.apiKeys" in fields
    assert all(error.extensions and error.extensions["code"] == "FORBIDDEN" for error in refusals)
    assert all("limited view" in error.message for error in refusals)


def test_a_caller_without_limits_may_ask_everything() -> None:
    assert forbidden(_operation().needs, _actor(Scope())) == []


def test_a_missing_permission_is_named_before_the_limited_view() -> None:
    few = Actor(ActorKind.KEY, "agent", uuid4(), frozenset(), scope=Scope(seller="ana"))
    codes = {error.extensions.get("permission") for error in forbidden(_operation().needs, few) if error.extensions}
    assert codes == {"orders.view", "access.view", "catalog.view"}


_OF_CHANNELS = 'query { channelHealth(id: "x") { openErrors } }'


@pytest.mark.parametrize(
    ("scope", "refused"),
    [
        (Scope(), False),
        (Scope(channels=frozenset()), False),
        (Scope(seller="ana"), True),
        (Scope("ana", frozenset([uuid4()])), True),
    ],
)
def test_what_is_about_whole_channels_is_refused_to_who_sees_only_their_own_orders(scope: Scope, refused: bool) -> None:
    operation = Documents(executable).get(_OF_CHANNELS).operation(None)
    assert isinstance(operation, Operation)
    told = [error.extensions for error in forbidden(operation.needs, _actor(scope))]
    limited = {"code": "FORBIDDEN", "field": "Query.channelHealth", "limitedView": True}
    assert told == ([limited] if refused else [])
