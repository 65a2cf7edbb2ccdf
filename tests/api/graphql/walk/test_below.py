"""Fields below the root that have a permission of their own are refused to who lacks it, whatever else they may do."""

import pytest

from domain.kernel.actor import Permission
from domain.kernel.database import Database
from tests.api.conftest import running

from .callers import Callers
from .documents import guarded_below
from .world import ADMIN, World

pytestmark = pytest.mark.spec("SEC-1")


async def test_a_field_with_a_permission_of_its_own(database: Database) -> None:
    guarded = list(guarded_below())
    assert ("Channel.settings", Permission.CHANNELS_VIEW) in [(field, permission) for field, permission, _ in guarded]
    async with running(database) as api:
        callers = Callers(api)
        await callers.prepare()
        for field, permission, query in guarded:
            caller = await callers.without(permission)
            body = (await api.http.post("/graphql", json={"query": query}, headers=caller)).json()
            assert "data" not in body, field
            refused = [one["extensions"] for one in body["errors"]]
            assert {"code": "FORBIDDEN", "field": field, "permission": str(permission)} in refused, field
            body = (await api.http.post("/graphql", json={"query": query}, headers=dict(ADMIN))).json()
            assert "FORBIDDEN" not in str(body), field


async def test_what_a_caller_may_not_do_is_named_field_by_field(database: Database) -> None:
    """Nobody with no permission at all gets anything, not even beside what needs none."""
    async with running(database) as api:
        callers = Callers(api)
        await callers.prepare()
        nobody = await callers.having(())
        world = World(api)
        order = await world.order()
        query = (
            f'{{ __typename orderCounts {{ count }} order(by: {{id: "{order.id}"}}) {{ id }} warehouses {{ code }} }}'
        )
        answer = await api.http.post("/graphql", json={"query": query}, headers=nobody)
        assert answer.status_code == 403
        assert "data" not in answer.json()
        fields = [one["extensions"]["field"] for one in answer.json()["errors"]]
        assert fields == ["Query.orderCounts", "Query.order", "Query.warehouses"]
