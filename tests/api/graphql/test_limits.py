"""How much one document may ask for."""

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, get_introspection_query, parse

from api.graphql import limits
from api.graphql.documents import Documents
from api.graphql.schema import executable
from tests.api.conftest import Api

DOCUMENTS = Documents(executable)


def refusal(query: str) -> str | None:
    errors = DOCUMENTS.get(query).errors
    return (errors[0].extensions or {})["code"] if errors else None


def cost(query: str, variables: dict[str, object] | None = None) -> int:
    document = DOCUMENTS.get(query)
    assert not document.errors, document.errors
    return document.operations[0].cost.of(variables or {})


def nested(levels: int) -> str:
    """A chain of inline fragments adds no level; fields do."""
    inner = "id"
    for _ in range(levels):
        inner = f"... on Order {{ {inner} }}"
    return f'{{ order(by: {{number: "1"}}) {{ {inner} }} }}'


def test_depth_counts_fields() -> None:
    assert refusal(nested(30)) is None
    deep = "{ diary { edges { node { order { shipments { events { at } } } } } } }"
    assert DOCUMENTS.get(deep).errors == ()
    tree = parse(deep)
    operation = tree.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert limits.Measurer(executable, {}).operation(operation).depth == 7


def test_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_DEPTH", 4)
    documents = Documents(executable)
    ok = documents.get("{ orders { edges { node { id } } } }")
    assert ok.errors == ()
    through_fragments = documents.get(
        "{ orders { ...A } } fragment A on OrderConnection { edges { ...B } } "
        "fragment B on OrderEdge { node { ...C } } fragment C on Order { channel { slug } }"
    )
    assert [(e.extensions or {})["code"] for e in through_fragments.errors] == ["TOO_DEEP"]


def test_nesting_that_would_exhaust_the_parser() -> None:
    assert refusal("{ a " * 1_500 + "}" * 1_500) in ("TOO_DEEP", "GRAPHQL_PARSE_FAILED", "TOO_BROAD")


def test_too_many_tokens() -> None:
    assert refusal("{ __typename } #" + " " * 10 + "\n{ __typename }" * 2_000) == "GRAPHQL_PARSE_FAILED"


def test_too_broad() -> None:
    fields = " ".join(["id"] * (limits.MAX_BREADTH + 1))
    assert refusal(f'{{ order(by: {{number: "1"}}) {{ {fields} }} }}') == "TOO_BROAD"
    parts = " ".join(f"... on Order {{ {' '.join(['id'] * 90)} }}" for _ in range(7))
    assert refusal(f'{{ order(by: {{number: "1"}}) {{ {parts} }} }}') == "TOO_BROAD"


def test_too_many_aliases() -> None:
    aliases = " ".join(f"a{n}: id" for n in range(limits.MAX_ALIASES + 1))
    assert refusal(f'{{ order(by: {{number: "1"}}) {{ {aliases} }} }}') == "TOO_MANY_ALIASES"


def test_cost_counts_pages_and_lists() -> None:
    assert cost('{ order(by: {number: "1"}) { id number } }') == 3
    # orders, edges, node, then two fields, times ten
    assert cost("{ orders(first: 10) { edges { node { id number } } } }") == 1 + 10 * 4
    assert cost("{ orders { edges { cursor } } }") == 1 + 50 * 2
    assert cost("{ orders(last: 7) { edges { cursor } } }") == 1 + 7 * 2
    # five lines are expected of an order, each with a field
    assert cost('{ order(by: {number: "1"}) { lines { sku } } }') == 1 + 1 + 5 * 1


def test_cost_by_variables() -> None:
    query = "query ($first: Int, $last: Int) { orders(first: $first, last: $last) { edges { cursor } } }"
    assert cost(query, {"first": 3}) == 1 + 3 * 2
    assert cost(query, {"first": 3, "last": 5}) == 1 + 5 * 2
    assert cost(query, {"first": 10**9}) == 1 + 200 * 2
    assert cost(query, {"first": -5}) == 1 + 1 * 2
    assert cost(query, {"first": "x"}) == 1 + 50 * 2


def test_fragments_that_double_are_measured_once_and_counted_twice() -> None:
    """A chain of thirty fragments, each spread twice by the one before, would be a thousand million fields."""
    chain = " ".join(f"fragment F{n} on Order {{ ...F{n + 1} ... on Order {{ ...F{n + 1} }} }}" for n in range(30))
    query = f'{{ order(by: {{number: "1"}}) {{ ...F0 }} }} {chain} fragment F30 on Order {{ id }}'
    document = DOCUMENTS.get(query)
    assert document.errors == ()
    assert document.operations[0].cost.of({}) == 1 + 2**30
    fragments = {one.name.value: one for one in parse(query).definitions if isinstance(one, FragmentDefinitionNode)}
    assert len(fragments) == 31


async def test_too_costly_is_refused_and_the_cost_is_told(api: Api) -> None:
    heavy = """query ($first: Int!) { orders(first: $first) { edges { node {
        history { seq at kind actor reason data } lines { sku name total { amount } tax { amount } }
        shipments { events { at code text status } } nextActions { to allowed reason } } } } }"""
    refused = (await api.ask(heavy, {"first": 200})).json()
    assert refused["errors"][0]["extensions"] == {"code": "TOO_COSTLY"}
    assert "data" not in refused
    taken = (await api.ask(heavy, {"first": 10})).json()
    assert taken["data"] == {"orders": {"edges": []}}
    assert taken["extensions"]["cost"]["most"] == limits.MAX_COST
    assert 0 < taken["extensions"]["cost"]["asked"] <= limits.MAX_COST


async def test_the_console_may_look_around(shared_api: Api) -> None:
    """The introspection that GraphiQL and code generators send passes all limits."""
    answer = await shared_api.ask(get_introspection_query(input_value_deprecation=True, specified_by_url=True))
    assert "errors" not in answer.json()


def test_introspection_in_circles_is_refused() -> None:
    circles = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    assert refusal(circles) == "GRAPHQL_VALIDATION_FAILED"
