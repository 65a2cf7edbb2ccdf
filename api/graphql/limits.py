"""How much one document may ask for: tokens, fields, aliases, depth, and cost, each with a number here.

Cost is the number of fields that the answer may hold: a connection counts by the page that is asked for, another list
by the size that its field declares. It is told in the answer's `extensions.cost`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from domain.reads.keyset import MAX_PAGE

from .fields import notes_of

MAX_TOKENS = 4_000
MAX_FIELDS = 600
MAX_ALIASES = 30
MAX_BREADTH = 100
MAX_DEPTH = 12
MAX_COST = 50_000


def _refused(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def check_size(document: DocumentNode) -> GraphQLError | None:
    """Counts what is written in the document, before the costly rules look at it."""
    fields = aliases = 0
    waiting: list[SelectionSetNode] = [
        node.selection_set
        for node in document.definitions
        if isinstance(node, (OperationDefinitionNode, FragmentDefinitionNode))
    ]
    while waiting:
        selections = waiting.pop().selections
        if len(selections) > MAX_BREADTH:
            return _refused("TOO_BROAD", f"At most {MAX_BREADTH} fields side by side; this has {len(selections)}.")
        for selection in selections:
            if isinstance(selection, FieldNode):
                fields += 1
                aliases += selection.alias is not None
            if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set:
                waiting.append(selection.selection_set)
    if fields > MAX_FIELDS:
        return _refused("TOO_BROAD", f"At most {MAX_FIELDS} fields in one document; this has {fields}.")
    if aliases > MAX_ALIASES:
        return _refused("TOO_MANY_ALIASES", f"At most {MAX_ALIASES} aliases in one document; this has {aliases}.")
    return None


@dataclass(frozen=True, slots=True)
class Size:
    """How many items a page has: each of `first` and `last` is a number, a variable's name, or None."""

    first: int | str | None
    last: int | str | None
    default: int

    def of(self, variables: Mapping[str, Any]) -> int:
        for wanted in (self.last, self.first):
            value = variables.get(wanted) if isinstance(wanted, str) else wanted
            if isinstance(value, int) and not isinstance(value, bool):
                return min(max(value, 1), MAX_PAGE)
        return self.default


@dataclass(frozen=True, slots=True)
class Cost:
    """`fixed` fields, and parts that come once per item of a page whose size a variable tells."""

    fixed: int
    parts: tuple[tuple[Size, "Cost"], ...] = ()

    def of(self, variables: Mapping[str, Any]) -> int:
        return self.fixed + sum(size.of(variables) * part.of(variables) for size, part in self.parts)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.fixed + other.fixed, self.parts + other.parts)

    def times(self, number: int) -> "Cost":
        return Cost(self.fixed * number, tuple((size, part.times(number)) for size, part in self.parts))


@dataclass(frozen=True, slots=True)
class Measure:
    depth: int
    cost: Cost


class Measurer:
    """Measures the operations of a valid document; each fragment is measured once per type that it is used on."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._known: dict[str, Measure] = {}

    def operation(self, operation: OperationDefinitionNode) -> Measure:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # the document is valid
        return self._selections(operation.selection_set, root)

    def _selections(self, selected: SelectionSetNode, parent: GraphQLNamedType) -> Measure:
        depth, cost = 0, Cost(0)
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                part = self._field(selection, parent)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                on = self._schema.get_type(condition.name.value) if condition else parent
                assert on is not None
                part = self._selections(selection.selection_set, on)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                part = self._fragment(selection.name.value)
            depth, cost = max(depth, part.depth), cost + part.cost
        return Measure(depth, cost)

    def _fragment(self, name: str) -> Measure:
        if name not in self._known:
            fragment = self._fragments[name]
            on = self._schema.get_type(fragment.type_condition.name.value)
            assert on is not None
            self._known[name] = self._selections(fragment.selection_set, on)
        return self._known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType) -> Measure:
        if node.selection_set is None or node.name.value.startswith("__"):
            return Measure(1, Cost(1))
        assert isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        field = parent.fields[node.name.value]
        inner = self._selections(node.selection_set, get_named_type(field.type))
        notes = notes_of(field)
        if notes.paged:
            size = _page_size(node, field)
            cost = Cost(0, ((size, inner.cost),))
        else:
            cost = inner.cost.times(notes.size or 1)
        return Measure(inner.depth + 1, Cost(1) + cost)


def _page_size(node: FieldNode, field: GraphQLField) -> Size:
    given: dict[str, int | str | None] = {"first": None, "last": None}
    for argument in node.arguments or ():
        if argument.name.value in given:
            value = argument.value
            if isinstance(value, VariableNode):
                given[argument.name.value] = value.name.value
            elif isinstance(value, IntValueNode):
                given[argument.name.value] = int(value.value)
            else:
                assert isinstance(value, NullValueNode)
    default = field.args["first"].default_value
    return Size(given["first"], given["last"], default if isinstance(default, int) else MAX_PAGE)


def check_depth(measure: Measure) -> GraphQLError | None:
    if measure.depth <= MAX_DEPTH:
        return None
    return _refused("TOO_DEEP", f"At most {MAX_DEPTH} levels of fields; this has {measure.depth}.")


def check_cost(cost: int) -> GraphQLError | None:
    if cost <= MAX_COST:
        return None
    return _refused(
        "TOO_COSTLY",
        f"This may answer with {cost} fields, and {MAX_COST} is the most. Ask for smaller pages or fewer fields.",
    )
