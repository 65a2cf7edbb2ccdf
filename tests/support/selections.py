"""Documents that ask for all that a field has, made from the schema."""

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)


def everything(field: GraphQLField, depth: int) -> str:
    """The selection of all fields below this one that need no arguments, so many levels deep. Of a union, the first
    member: what there is when nothing is refused."""
    return _selection(get_named_type(field.type), depth)


def _selection(kind: GraphQLNamedType, depth: int) -> str:
    if isinstance(kind, GraphQLUnionType):
        return f"{{ __typename ... on {kind.types[0].name} {_selection(kind.types[0], depth)} }}"
    if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
        return ""
    chosen = ["__typename"]
    for name, field in kind.fields.items():
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        below = get_named_type(field.type)
        if not isinstance(below, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
            chosen.append(name)
        elif depth > 0:
            chosen.append(f"{name} {_selection(below, depth - 1)}")
    return "{ " + " ".join(chosen) + " }"
