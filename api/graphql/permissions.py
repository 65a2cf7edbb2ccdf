"""Permissions are checked for a whole document before any of it runs (architecture §7).

Each root field declares one; the fields below it inherit it, or declare one of their own. What a document needs is
found once, when it is first seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from domain.kernel.actor import Actor, Permission

from .fields import notes_of


@dataclass(frozen=True, slots=True)
class Need:
    """A field (`Order.history`) and the permission that it declares."""

    field: str
    permission: Permission


def needs_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[Need, ...]:
    """What the fields of a valid operation declare, each field once, fragments included."""
    root = schema.get_root_type(operation.operation)
    assert root is not None  # the document is valid
    found: dict[Need, None] = {}
    seen: set[str] = set()

    def walk(selected: SelectionSetNode, parent: GraphQLNamedType) -> None:
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                field_of(selection, parent)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                walk(selection.selection_set, named(condition.name.value) if condition else parent)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = fragments[selection.name.value]
                walk(fragment.selection_set, named(fragment.type_condition.name.value))

    def field_of(node: FieldNode, parent: GraphQLNamedType) -> None:
        name = node.name.value
        if name.startswith("__"):
            return
        assert isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        field = parent.fields[name]
        permission = notes_of(field).permission
        if permission is not None:
            found[Need(f"{parent.name}.{name}", permission)] = None
        if node.selection_set is not None:
            walk(node.selection_set, get_named_type(field.type))

    def named(name: str) -> GraphQLNamedType:
        kind = schema.get_type(name)
        assert kind is not None
        return kind

    walk(operation.selection_set, root)
    return tuple(found)


def forbidden(needs: tuple[Need, ...], actor: Actor) -> list[GraphQLError]:
    """One error per field that the caller may not use; none: the document may run."""
    return [
        GraphQLError(
            f"{need.field} needs the permission {need.permission}. Ask an administrator for it.",
            extensions={"code": "FORBIDDEN", "field": need.field, "permission": str(need.permission)},
        )
        for need in needs
        if not actor.may(need.permission)
    ]
