"""Shortens what runs once per field of an answer. The answers are the same, which a test compares.

A field that is a scalar or enum attribute of its object is read, and written, in one step, past the machinery around
resolvers: only where strawberry itself calls the field basic, so that no resolver and no extension is skipped. What
does not come out well (a null that may not be, a value that cannot be written) goes the ordinary way, which then words
the error.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
)
from graphql.execution import Executor
from strawberry.types.field import StrawberryField

_LEAF = "omnisales-leaf"
_ORDINARY = object()


def tune(schema: GraphQLSchema) -> None:
    """Shortens the reading of basic fields and the look-up of enums' words."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLEnumType) and not kind.name.startswith("__"):
            kind.coerce_output_value = _lookup(kind)  # type: ignore[method-assign, assignment]
    for kind in schema.type_map.values():
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            for field in kind.fields.values():
                declared = field.extensions.get("strawberry-definition")
                if isinstance(declared, StrawberryField) and declared.is_basic_field:
                    _shorten(field, declared.python_name)


class TunedExecutor(Executor[Any]):
    """graphql-core's executor, with the short way for leaves."""

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, position_context: Any
    ) -> Any:
        field = parent_type.fields.get(field_details_list[0].node.name.value)
        if field is not None:
            read = field.extensions.get(_LEAF)
            if read is not None:
                value = read(source)
                if value is not _ORDINARY:
                    return value
        return super().execute_field(parent_type, source, field_details_list, path, position_context)


def _shorten(field: GraphQLField, name: str) -> None:
    field.resolve = _reader(name)
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
        empty = _ORDINARY if isinstance(field.type, GraphQLNonNull) else None
        field.extensions[_LEAF] = _leaf(name, kind.coerce_output_value, empty)


def _reader(name: str) -> Callable[[Any, Any], Any]:
    def read(source: Any, _info: Any) -> Any:
        return getattr(source, name)

    return read


def _leaf(name: str, write: Callable[[Any], Any], empty: object) -> Callable[[Any], Any]:
    def read(source: Any) -> Any:
        try:
            value = getattr(source, name)
            written = None if value is None else write(value)
        except Exception:  # whatever it is: the ordinary way meets it again, and words it
            return _ORDINARY
        return empty if written is None else written

    return read


def _lookup(kind: GraphQLEnumType) -> Callable[[Any], str]:
    usual = kind.coerce_output_value
    words = {value.value: name for name, value in kind.values.items()}
    members = {
        member: words[member.value]
        for member in getattr(kind, "wrapped_cls", ())
        if isinstance(member, Enum) and member.value in words
    }

    def look_up(value: Any) -> str:
        word = members.get(value) or words.get(value)
        return word if word is not None else usual(value)

    return look_up
