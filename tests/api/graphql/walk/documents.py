"""Every root field of the schema, and for each a document that asks for as much as one may with its permission."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_leaf_type,
)

from api.graphql import limits
from api.graphql.admission import DOCUMENTS
from api.graphql.fields import Notes, notes_of
from api.graphql.schema import executable
from domain.kernel.actor import Permission

KINDS = ("query", "mutation", "subscription")
_DEEPEST = {"query": 3, "mutation": 1, "subscription": 2}
"""What a mutation answers with is read by queries, too; it need not be asked for as deep."""


@dataclass(frozen=True, eq=False)
class Root:
    """A field of Query, Mutation or Subscription."""

    kind: str
    name: str
    field: GraphQLField

    @property
    def path(self) -> str:
        """As a refusal names it."""
        return f"{self.kind.title()}.{self.name}"

    @property
    def notes(self) -> Notes:
        return notes_of(self.field)

    @property
    def permission(self) -> Permission:
        assert self.notes.permission is not None
        return self.notes.permission

    def __str__(self) -> str:
        return self.name


@cache
def roots(*kinds: str) -> tuple[Root, ...]:
    """The root fields of these kinds, or of all."""
    found = []
    for kind in kinds or KINDS:
        of = executable.type_map[kind.title()]
        assert isinstance(of, GraphQLObjectType)
        found += [Root(kind, name, field) for name, field in of.fields.items()]
    return tuple(found)


@cache
def document(root: Root) -> str:
    """Asks for the field with all that its type offers to who may use the field, as deep as the limits let it."""
    for depth in range(_DEEPEST[root.kind], -1, -1):
        text = asking(root, _selection(get_named_type(root.field.type), depth))
        known = DOCUMENTS.get(text)
        if not known.errors and known.operations[0].cost.of({}) <= limits.MAX_COST // 4:
            return text
    raise AssertionError(f"no document asks for {root.path}: {known.errors}")


def asking(root: Root, selection: str) -> str:
    """The field with this selection, every argument a variable of its own."""
    arguments = root.field.args
    variables = ", ".join(f"${name}: {_nullable(str(one.type), one.default_value)}" for name, one in arguments.items())
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    head = f"{root.kind} Walk({variables})" if variables else f"{root.kind} Walk"
    return f"{head} {{ {root.name}{f'({given})' if given else ''}{selection} }}"


def _nullable(kind: str, default: object) -> str:
    """An argument with a default may be left out; so may its variable."""
    return kind if default is Undefined else kind.removesuffix("!") + (f" = {_literal(default)}")


def _literal(default: object) -> str:
    return {True: "true", False: "false", None: "null"}.get(default, str(default))  # type: ignore[call-overload, no-any-return]


@cache
def needs(root: Root) -> frozenset[Permission]:
    """The permissions that the field's document declares."""
    [operation] = DOCUMENTS.get(document(root)).operations
    return frozenset(need.permission for need in operation.needs if need.permission is not None)


def _selection(kind: GraphQLNamedType, depth: int) -> str:
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLUnionType):
        seen: dict[str, str] = {}
        members = ((member.name, _fields(member, depth, seen)) for member in kind.types)
        return " { __typename " + " ".join(f"... on {name} {{ {own} }}" for name, own in members if own) + " }"
    assert isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType))
    return f" {{ __typename {_fields(kind, depth, {})} }}"


def _fields(kind: GraphQLObjectType | GraphQLInterfaceType, depth: int, seen: dict[str, str]) -> str:
    """`seen` are the fields of the other members of a union, which may not be asked for with another type."""
    asked = []
    for name, field in kind.fields.items():
        if notes_of(field).permission is not None or _asks_for_arguments(field):
            continue
        inner = get_named_type(field.type)
        if not is_leaf_type(inner) and depth == 0:
            continue
        if seen.setdefault(name, str(field.type)) == str(field.type):
            asked.append(f"{name}{_selection(inner, depth - 1)}")
    return " ".join(asked)


def _asks_for_arguments(field: GraphQLField) -> bool:
    return any(isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined for one in field.args.values())


def guarded_below() -> Iterator[tuple[str, Permission, str]]:
    """Fields below the root with a permission of their own, each with it and the shortest query that asks for it."""
    paths = _paths()
    for name, kind in executable.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or name in ("Query", "Mutation", "Subscription"):
            continue
        for field_name, field in kind.fields.items():
            permission = notes_of(field).permission
            if permission is not None:
                assert name in paths, f"no query leads to {name}.{field_name}"
                inner = get_named_type(field.type)
                below = "" if is_leaf_type(inner) else " { __typename }"
                root, opening, closing = paths[name]
                yield f"{name}.{field_name}", permission, asking(root, f"{opening}{field_name}{below}{closing}")


def _paths() -> Mapping[str, tuple[Root, str, str]]:
    """To each type of the schema the shortest way from a root field."""
    ways: dict[str, tuple[Root, str, str]] = {}
    waiting: list[tuple[GraphQLNamedType, Root, str, str]] = [
        (get_named_type(root.field.type), root, "", "") for root in roots()
    ]
    while waiting:
        kind, root, opening, closing = waiting.pop(0)
        if kind.name in ways or is_leaf_type(kind):
            continue
        opening, closing = opening + " { ", " }" + closing
        ways[kind.name] = root, opening, closing
        if isinstance(kind, GraphQLUnionType):
            waiting += [
                (member, root, f"{opening}... on {member.name}", closing)
                for member in kind.types
                if member.name not in ways
            ]
            continue
        assert isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType))
        waiting += [
            (get_named_type(field.type), root, opening + name, closing)
            for name, field in kind.fields.items()
            if not _asks_for_arguments(field)
        ]
    return ways
