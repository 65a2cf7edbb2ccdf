"""Permissions are checked for a whole document before any of it runs (architecture §7).

Each root field declares one; the fields below it inherit it, or declare one of their own. What a document needs is
found once, when it is first seen. Root fields also say whether they keep to a caller's limited view of rows; those
that do not are refused to such a caller.
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

from domain.kernel.actor import Actor, Permission, Scope

from .fields import Rows, notes_of

_WHY_NOT = {
    Rows.WHOLE: "looks at the whole house; it is not for callers with a limited view.",
    Rows.CHANNELS: "is about whole channels; it is not for callers whose limited view is their own orders.",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A field (`Order.history`), the permission that it declares, and, at the root, what it is to a limited view."""

    field: str
    permission: Permission | None
    rows: Rows = Rows.NONE


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
        notes = notes_of(field)
        rows = notes.rows if parent is root else Rows.NONE
        if notes.permission is not None or rows in _WHY_NOT:
            found[Need(f"{parent.name}.{name}", notes.permission, rows)] = None
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
    errors = []
    for need in needs:
        if need.permission is not None and not actor.may(need.permission):
            errors.append(
                GraphQLError(
                    f"{need.field} needs the permission {need.permission}. Ask an administrator for it.",
                    extensions={"code": "FORBIDDEN", "field": need.field, "permission": str(need.permission)},
                )
            )
        elif why := _why_not(need.rows, actor.scope):
            errors.append(
                GraphQLError(
                    f"{need.field} {why}",
                    extensions={"code": "FORBIDDEN", "field": need.field, "limitedView": True},
                )
            )
    return errors


def _why_not(rows: Rows, scope: Scope) -> str | None:
    """Why a field is not for who has this view; None: it is."""
    limited = scope.seller is not None if rows is Rows.CHANNELS else not scope.everything
    return _WHY_NOT.get(rows) if limited else None
