"""The schema holds everything that outside checks rely on, and says what has to be said of each field."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    print_ast,
)

from api.graphql.fields import notes_of
from api.graphql.schema import executable, schema

ROOT = Path(__file__).parent.parent.parent.parent
CONTRACT = build_schema((ROOT / "tests/data/contract.graphql").read_text(encoding="utf-8"))
PRINTED = build_schema(schema.as_str())
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


def own(types: dict[str, GraphQLNamedType]) -> dict[str, GraphQLNamedType]:
    return {name: kind for name, kind in types.items() if not name.startswith("__") and name not in BUILT_IN}


def told(part: GraphQLArgument | GraphQLInputField) -> tuple[str, str]:
    """Type and default, as they are written."""
    node = part.ast_node
    assert node is not None
    return str(part.type), print_ast(node.default_value) if node.default_value else ""


@pytest.mark.parametrize("name", sorted(own(CONTRACT.type_map)))
def test_the_contract_is_kept(name: str) -> None:
    """Every definition of the contract is in the printed schema: names, arguments, types, defaults, words."""
    wanted, ours = CONTRACT.type_map[name], PRINTED.type_map.get(name)
    assert type(ours) is type(wanted), f"{name} is missing or of another kind"
    if isinstance(wanted, GraphQLEnumType):
        assert isinstance(ours, GraphQLEnumType)
        assert wanted.values.keys() <= ours.values.keys()
    elif isinstance(wanted, GraphQLUnionType):
        assert isinstance(ours, GraphQLUnionType)
        assert {one.name for one in wanted.types} <= {one.name for one in ours.types}
    elif isinstance(wanted, (GraphQLObjectType, GraphQLInterfaceType)):
        assert isinstance(ours, (GraphQLObjectType, GraphQLInterfaceType))
        assert {one.name for one in wanted.interfaces} <= {one.name for one in ours.interfaces}
        for field, described in wanted.fields.items():
            assert str(ours.fields[field].type) == str(described.type), f"{name}.{field}"
            for argument, declared in described.args.items():
                mine = ours.fields[field].args[argument]
                assert told(mine) == told(declared), f"{name}.{field}"
            more = ours.fields[field].args.keys() - described.args.keys()
            assert all(not isinstance(ours.fields[field].args[one].type, GraphQLNonNull) for one in more)
    elif isinstance(wanted, GraphQLInputObjectType):
        assert isinstance(ours, GraphQLInputObjectType)
        assert ours.is_one_of == wanted.is_one_of
        for field, given in wanted.fields.items():
            mine = ours.fields[field]
            assert told(mine) == told(given), f"{name}.{field}"
        more = ours.fields.keys() - wanted.fields.keys()
        assert all(not isinstance(ours.fields[one].type, GraphQLNonNull) for one in more), f"{name}: {more}"
    else:
        assert isinstance(wanted, GraphQLScalarType)


def test_the_committed_schema_is_the_printed_one() -> None:
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert committed == schema.as_str() + "\n", "the schema changed: run `omnisales schema > schema.graphql`"


@pytest.mark.spec("SEC-1")
@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_every_root_field_declares_its_permission(root: str) -> None:
    kind = executable.type_map[root]
    assert isinstance(kind, GraphQLObjectType)
    declared = {name: notes_of(field) for name, field in kind.fields.items()}
    silent = [name for name, notes in declared.items() if notes.permission is None and notes.open is None]
    assert silent == []
    untold = [
        name
        for name, notes in declared.items()
        if f"Permission: {notes.open.value if notes.open else notes.permission}." not in kind.fields[name].description
    ]
    assert untold == []


def test_every_list_of_objects_says_what_it_costs() -> None:
    """A page by what is asked for, any other list by a size that its field declares."""
    silent = []
    for name, kind in own(executable.type_map).items():
        if not isinstance(kind, GraphQLObjectType) or name.endswith("Connection"):
            continue
        for field_name, field in kind.fields.items():
            inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            notes = notes_of(field)
            is_list = isinstance(inner, GraphQLList) and not is_leaf_type(get_named_type(inner))
            is_page = get_named_type(inner).name.endswith("Connection")
            if (is_list and notes.size is None) or (is_page and not notes.paged):
                silent.append(f"{name}.{field_name}")
    assert silent == []


def test_everything_is_described() -> None:
    silent = []
    for name, kind in own(executable.type_map).items():
        if not kind.description:
            silent.append(name)
        for field_name, field in getattr(kind, "fields", {}).items():
            if not field.description:
                silent.append(f"{name}.{field_name}")
    assert silent == []
