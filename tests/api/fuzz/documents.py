"""Documents that are built to break a GraphQL server, and random ones of the schema."""

from collections.abc import Mapping

from graphql import ValueNode, print_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as gql_st

from api.graphql.schema import executable

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
_TWICE = " ".join(f"a{n}: orderCounts {{ count }}" for n in range(2_000))

BOMBS: Mapping[str, str] = {
    "depth": "{ " + "orders { edges { node { " * 300 + "id" + " } } }" * 300 + " }",
    "depth of lists": "{ orders(filter: {number: " + "[" * 5_000 + "]" * 5_000 + "}) { __typename } }",
    "depth of objects": "{ orders(filter: " + "{a: " * 5_000 + "1" + "}" * 5_000 + ") { __typename } }",
    "brackets that never close": "{ orders(filter: " + "[" * 100_000,
    "aliases": "{ " + _TWICE + " }",
    "one field very often": "{ " + "orderCounts { count } " * 5_000 + " }",
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "a fragment of itself": "{ ...A } fragment A on Query { ...A }",
    "fragments that double": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    + " fragment F60 on Query { orderCounts { count } }",
    "many fragments": "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ __typename }}" for n in range(3_000)),
    "many operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(1_500)),
    "many variables": "query (" + " ".join(f"$v{n}: Int" for n in range(3_000)) + ") { __typename }",
    "one variable twice": "query ($a: Int, $a: Int) { orders(first: $a) { __typename } }",
    "a variable of an output type": "query ($a: Order) { __typename }",
    "an unknown directive": "{ orderCounts @nope { count } }",
    "a directive very often": "{ orderCounts " + "@include(if: true) " * 3_000 + "{ count } }",
    "skip without if": "{ orderCounts @skip { count } }",
    "skip by a text": '{ orderCounts @skip(if: "yes") { count } }',
    "skip by null": "query ($a: Boolean) { orderCounts @skip(if: $a) { count } }",
    "everything skipped": "{ orderCounts @skip(if: true) { count } }",
    "defer": "{ ... @defer { orderCounts { count } } }",
    "stream": "{ orderCounts @stream(initialCount: 1) { count } }",
    "oneOf with two": '{ order(by: {id: "x", number: "1"}) { id } }',
    "oneOf with none": "{ order(by: {}) { id } }",
    "oneOf with null": "{ order(by: {id: null}) { id } }",
    "an int of a hundred digits": "{ orders(first: " + "9" * 100 + ") { __typename } }",
    "an int of 5,000 digits": "{ orders(first: " + "9" * 5_000 + ") { __typename } }",
    "a float of 5,000 digits": "{ orders(filter: {totalFrom: 0." + "9" * 5_000 + "}) { __typename } }",
    "an exponent": "{ orders(filter: {totalFrom: 1e999999999}) { __typename } }",
    "a text of a megabyte": '{ orders(filter: {search: "' + "x" * 1_000_000 + '"}) { __typename } }',
    "a text with escapes": '{ orders(filter: {search: "\\u0000\\uD800\\uDFFF\\u{110000}"}) { __typename } }',
    "half a pair": '{ orders(filter: {search: "\\uD800"}) { __typename } }',
    "a block text": '{ orders(filter: {search: """' + " \n" * 500 + '"""}) { __typename } }',
    "an enum as a text": '{ orders(filter: {status: ["DRAFT"]}) { __typename } }',
    "introspection": "{ __schema { types { name fields { name type { name ofType { name ofType { name } } } } } } }",
    "introspection in a circle": "{ __schema { types { " + "fields { type { " * 40 + "name" + " } }" * 40 + " } } }",
    "a type that is none": '{ __type(name: "\\u0000") { name } }',
    "the name of the root": "{ __typename }",
    "nothing": "{ }",
    "no word": "\x00",
    "a mark of order": "\ufeff{ __typename }",
    "only comments": "# " + "x" * 10_000,
    "a comment and no end": "{ __typename #",
    "a schema": "type Query { a: Int }",
    "an extension": "extend type Query { a: Int }",
    "a subscription": "subscription { orderCountsChanged { count } }",
    "two roots of a subscription": "subscription { a: orderCountsChanged { count } b: orderCountsChanged { count } }",
    "fields that differ": '{ a: order(by: {id: "x"}) { id } a: order(by: {id: "y"}) { number } }',
    "a union without members": '{ product(sku: "x") { ... on Order { id } } }',
}

_SCALARS: dict[str, st.SearchStrategy[ValueNode]] = {
    "Decimal": st.one_of(
        st.integers(-(10**18) + 1, 10**18 - 1).map(nodes.Int),
        st.decimals(-(10**12), 10**12, places=6).map(lambda one: nodes.String(f"{one:f}")),
    ),
    "DateTime": st.one_of(st.datetimes().map(lambda one: nodes.String(one.isoformat() + "Z"))),
    "Date": st.dates().map(lambda one: nodes.String(one.isoformat())),
    "JSON": st.one_of(st.text().map(nodes.String), st.integers().map(nodes.Int), st.booleans().map(nodes.Boolean)),
}


def random_documents(count: int, seed: int) -> list[str]:
    """Queries and mutations of the schema, as hypothesis-graphql makes them; the same seed gives the same."""
    text = print_schema(executable)
    made: list[str] = []
    for strategy in (gql_st.queries, gql_st.mutations):

        @seeded(seed)
        @settings(
            max_examples=count // 2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=_SLOW
        )
        @given(strategy(text, custom_scalars=_SCALARS, allow_x00=False))
        def collect(document: str) -> None:
            made.append(document)

        collect()
    return made
