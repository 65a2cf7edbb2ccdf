"""Documents, made ready once: parsed, checked against the schema and the limits, with the permissions that they need.

A document that comes again (clients send the same texts over and over) costs one look into a bounded cache.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation import recommended_rules
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from . import limits
from .lookahead import Selection, selection_of
from .permissions import Need, needs_of

_KEPT = 512
_MAX_ERRORS = 20
_MAX_DIGITS = 100
"""Python reads no number of more than some thousand; far fewer are one that a field takes."""
_RULES = tuple(dict.fromkeys((*specified_rules, *recommended_rules, OneOfInputValidationRule)))

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


class Operation:
    """One operation of a document and what is known of it before it runs."""

    __slots__ = ("cost", "is_mutation", "is_subscription", "name", "needs", "root_fields")

    def __init__(
        self,
        node: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        needs: tuple[Need, ...],
        cost: limits.Cost,
    ) -> None:
        self.name = node.name.value if node.name else None
        self.is_mutation = node.operation is OperationType.MUTATION
        self.is_subscription = node.operation is OperationType.SUBSCRIPTION
        self.root_fields = len(_answer_names(node.selection_set, fragments))
        self.needs = needs
        self.cost = cost


class Document:
    """A document that is ready to run, or the `errors` that keep it from running.

    It keeps the syntax tree alive, so that what is found out about its nodes can be remembered by their identity.
    """

    def __init__(
        self,
        tree: DocumentNode | None = None,
        operations: Sequence[Operation] = (),
        errors: Sequence[GraphQLError] = (),
    ) -> None:
        self.tree = tree
        self.operations = operations
        self.errors = errors
        self._fragments = _fragments(tree) if tree is not None else {}
        self._selections: dict[tuple[int, ...], Selection] = {}

    def operation(self, name: str | None) -> Operation | GraphQLError:
        """The operation of this name; without a name, the only one."""
        if name is None and len(self.operations) == 1:
            return self.operations[0]
        for operation in self.operations:
            if name is not None and operation.name == name:
                return operation
        message = (
            "The document has several operations; name one as operationName."
            if name is None
            else f"The document has no operation {name!r}."
        )
        return GraphQLError(message, extensions={"code": "UNKNOWN_OPERATION"})

    def selection(self, nodes: Sequence[FieldNode]) -> Selection:
        """What is selected below a field of this document, remembered."""
        key = tuple(map(id, nodes))
        if key not in self._selections:
            self._selections[key] = selection_of(nodes, self._fragments)
        return self._selections[key]


class Documents:
    """The documents of one schema. Bounded; the least recently used make room."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.get = lru_cache(maxsize=_KEPT)(self.prepare)

    def prepare(self, text: str) -> Document:
        """Makes it ready anew; `get` remembers it."""
        try:
            tree = parse(text, max_tokens=limits.MAX_TOKENS)
        except GraphQLError as error:
            error.extensions = {"code": PARSE_FAILED}
            return Document(errors=[error])
        except RecursionError:
            return Document(errors=[GraphQLError("Nested too deeply.", extensions={"code": "TOO_DEEP"})])
        unfit = limits.check_size(tree) or _check_values(tree)
        if unfit is not None:
            return Document(errors=[unfit])
        errors = validate(self._schema, tree, _RULES, max_errors=_MAX_ERRORS)
        if errors:
            for one in errors:
                one.extensions = {"code": VALIDATION_FAILED, **(one.extensions or {})}
            return Document(errors=errors)
        return self._measured(tree)

    def _measured(self, tree: DocumentNode) -> Document:
        fragments = _fragments(tree)
        measurer = limits.Measurer(self._schema, fragments)
        operations = []
        for node in tree.definitions:
            if isinstance(node, OperationDefinitionNode):
                measure = measurer.operation(node)
                too_deep = limits.check_depth(measure)
                if too_deep is not None:
                    return Document(errors=[too_deep])
                needs = needs_of(self._schema, node, fragments)
                operations.append(Operation(node, fragments, needs, measure.cost))
        return Document(tree, operations)


class _Values(Visitor):
    """Looks for texts that the database cannot hold, and for numbers that nobody means."""

    found: GraphQLError | None = None

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if "\x00" in node.value:
            message = "A text contains the character NUL (U+0000), which is no text."
            self.found = GraphQLError(message, node, extensions={"code": VALIDATION_FAILED})

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        self._check_digits(node)

    def enter_float_value(self, node: FloatValueNode, *_: object) -> None:
        self._check_digits(node)

    def _check_digits(self, node: IntValueNode | FloatValueNode) -> None:
        if len(node.value) > _MAX_DIGITS:
            message = f"A number has at most {_MAX_DIGITS} digits."
            self.found = GraphQLError(message, node, extensions={"code": VALIDATION_FAILED})


def _check_values(tree: DocumentNode) -> GraphQLError | None:
    values = _Values()
    visit(tree, values)
    return values.found


def _fragments(tree: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in tree.definitions if isinstance(node, FragmentDefinitionNode)}


def _answer_names(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    """The names under which the root fields appear in the answer: each is carried out once."""
    names: set[str] = set()
    seen: set[str] = set()
    waiting = [selected]
    while waiting:
        for one in waiting.pop().selections:
            if isinstance(one, FieldNode):
                names.add((one.alias or one.name).value)
            elif isinstance(one, InlineFragmentNode):
                waiting.append(one.selection_set)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                waiting.append(fragments[one.name.value].selection_set)
    return names
