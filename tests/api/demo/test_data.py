"""What the demo brings along fits the API and the store's stand-in."""

import pytest
from graphql import build_schema, parse, validate

from api.demo.api import operations
from api.demo.plan import the_day, waiting_causes
from api.graphql.schema import schema


@pytest.mark.parametrize("name", sorted(operations()))
def test_an_operation_is_valid_and_asks_one_thing(name: str) -> None:
    document = parse(operations()[name])
    assert validate(build_schema(schema.as_str()), document) == []
    (operation,) = (one for one in document.definitions if one.kind == "operation_definition")
    assert len(operation.selection_set.selections) == 1  # type: ignore[attr-defined]


def test_the_day_has_all_that_its_scenes_name() -> None:
    plan = the_day()
    names = [one.name for one in plan.placements]
    assert len(names) == len(set(names)) == 40
    assert {one.part for one in plan.placements} == {"morning", "noon", "afternoon"}
    known = {f"sku:{one.sku}" for one in plan.missing_goods} | {"variant:15", "payment_method:card"}
    assert set(waiting_causes(plan.placements)) <= known
