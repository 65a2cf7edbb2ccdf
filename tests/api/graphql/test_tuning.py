"""What was shortened answers the same as what strawberry would."""

from decimal import Decimal
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLEnumType, execute_sync, parse
from graphql.execution import Executor
from strawberry.extensions import FieldExtension

from api.graphql.schema import executable
from api.graphql.tuning import TunedExecutor, tune
from api.graphql.types.enums import OrderStatus
from domain.orders.status import Status


class Shout(FieldExtension):
    def resolve(self, next_: object, source: object, info: object, **kwargs: object) -> object:
        return str(next_(source, info, **kwargs)).upper()  # type: ignore[operator]


@strawberry.type
class Thing:
    name: str
    amount: Decimal
    status: OrderStatus
    loud: str = strawberry.field(extensions=[Shout()])
    renamed: str = strawberry.field(name="other")
    maybe: str | None = None

    @strawberry.field
    def twice(self) -> str:
        return self.name * 2


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing:
        return Thing(name="ab", amount=Decimal("1.50"), status=OrderStatus.PAID, loud="quiet", renamed="r")

    @strawberry.field
    def broken(self) -> Thing | None:
        return Thing.__new__(Thing)

    @strawberry.field
    def odd(self) -> Thing | None:
        """A null that may not be, and a status that is none."""
        odd: Any = {"name": None, "amount": Decimal("1"), "status": "no status", "loud": "", "renamed": None}
        return Thing(**odd)


def run(schema: strawberry.Schema, query: str, executor: type[Executor] = Executor) -> ExecutionResult:
    result = execute_sync(schema._schema, parse(query), executor_class=executor)
    assert isinstance(result, ExecutionResult)
    return result


@pytest.mark.parametrize(
    "query",
    [
        "{ thing { name amount status loud other twice maybe } }",
        "{ thing { n: name ...T } } fragment T on Thing { status }",
    ],
)
def test_the_same_answers(query: str) -> None:
    plain, tuned = strawberry.Schema(Query), strawberry.Schema(Query)
    tune(tuned._schema)
    assert run(tuned, query, TunedExecutor) == run(plain, query)
    assert run(tuned, query, TunedExecutor).errors is None


def test_extensions_and_resolvers_are_not_skipped() -> None:
    tuned = strawberry.Schema(Query)
    tune(tuned._schema)
    assert run(tuned, "{ thing { loud twice } }", TunedExecutor).data == {"thing": {"loud": "QUIET", "twice": "abab"}}


@pytest.mark.parametrize(
    "query", ["{ broken { name } }", "{ odd { name } }", "{ odd { amount status } }", "{ odd { other } }"]
)
def test_the_same_errors(query: str) -> None:
    plain, tuned = strawberry.Schema(Query), strawberry.Schema(Query)
    tune(tuned._schema)
    first, second = run(plain, query), run(tuned, query, TunedExecutor)
    assert first.data == second.data
    assert first.errors
    assert [error.path for error in first.errors or ()] == [error.path for error in second.errors or ()]
    assert [error.message for error in first.errors or ()] == [error.message for error in second.errors or ()]


@pytest.mark.parametrize("name", ["OrderStatus", "PaymentState", "ApproveStatus", "ShipmentStatus", "ChargeKind"])
def test_every_enum_value_has_its_word(name: str) -> None:
    kind = executable.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    usual = type(kind).coerce_output_value
    for word, value in kind.values.items():
        assert kind.coerce_output_value(value.value) == usual(kind, value.value) == word
    with pytest.raises(Exception, match="cannot represent"):
        kind.coerce_output_value("no word of it")


def test_statuses_are_the_guides() -> None:
    assert {word.name: word.value for word in OrderStatus} == {status.name: status for status in Status}
