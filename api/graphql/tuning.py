"""Shortens what runs once per field of an answer. The results are the same, which a test compares.

A field without a resolver is read straight from its object, past strawberry's wrappers: only fields that strawberry
itself calls basic, so that no resolver and no extension is skipped. Enum values are looked up, not searched for.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.types.field import StrawberryField


def tune(schema: GraphQLSchema) -> None:
    """Replaces the resolvers of basic fields and the enums' output lookups."""
    for kind in schema.type_map.values():
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            for field in kind.fields.values():
                declared = field.extensions.get("strawberry-definition")
                if isinstance(declared, StrawberryField) and declared.is_basic_field:
                    field.resolve = _reader(declared.python_name)
        elif isinstance(kind, GraphQLEnumType) and not kind.name.startswith("__"):
            kind.coerce_output_value = _lookup(kind)  # type: ignore[method-assign, assignment]


def _reader(name: str) -> Callable[..., Any]:
    def read(source: Any, _info: Any) -> Any:
        return getattr(source, name)

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
