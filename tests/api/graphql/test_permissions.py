"""A document is refused as a whole, before any of it runs, when the caller may not use one of its fields."""

from collections.abc import Collection

import httpx
import pytest
from sqlalchemy import func, select

from domain.access.models import ApiKey
from domain.customers.models import Customer
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.secrets import digest
from domain.orders.models import HistoryEntry
from tests.api.conftest import Api
from tests.support.builders import make_channel, make_customer, make_order

pytestmark = pytest.mark.spec("SEC-1")

KEY = "a-key-with-few-rights"


async def ask_with(api: Api, permissions: Collection[str], query: str) -> httpx.Response:
    async with api.database.begin() as session:
        session.add(ApiKey(name="few", key_hash=digest(KEY), permissions=list(permissions), created_at=utc_now()))
    headers = {"Authorization": f"Bearer {KEY}"}
    return await api.http.post("/graphql", json={"query": query}, headers=headers)


async def test_a_root_field_needs_its_permission(api: Api) -> None:
    answer = await ask_with(
        api, [Permission.SYNC_VIEW], "{ __typename diary { edges { cursor } } orderCounts { count } }"
    )
    assert answer.status_code == 403
    assert "data" not in answer.json()
    [error] = answer.json()["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "field": "Query.orderCounts", "permission": "orders.view"}
    assert "orders.view" in error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "{ orders { edges { node { channel { settings } } } } }",
        "{ orders { ...Page } } fragment Page on OrderConnection { edges { node { ...O } } } "
        "fragment O on Order { channel { ... on Channel { renamed: settings } } }",
        "query ($never: Boolean = false) { orders { edges { node { channel { settings @include(if: $never) } } } } }",
    ],
)
async def test_a_field_below_may_need_more(api: Api, query: str) -> None:
    answer = await ask_with(api, [Permission.ORDERS_VIEW], query)
    assert answer.status_code == 403
    [error] = answer.json()["errors"]
    assert error["extensions"]["field"] == "Channel.settings"
    assert error["extensions"]["permission"] == "channels.view"


async def test_fields_below_inherit(api: Api) -> None:
    query = "{ orders { edges { node { id customer { name } channel { slug } history { seq } } } } }"
    answer = await ask_with(api, [Permission.ORDERS_VIEW], query)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"orders": {"edges": []}}


async def test_every_refused_field_is_named(api: Api) -> None:
    answer = await ask_with(api, [], '{ a: orders { edges { cursor } } product(sku: "x") { id } }')
    assert [one["extensions"]["field"] for one in answer.json()["errors"]] == ["Query.orders", "Query.product"]


async def test_nothing_of_a_refused_document_runs(api: Api) -> None:
    """Not even the mutation that stands before the refused one."""
    async with api.database.begin() as session:
        order = await make_order(session, channel=await make_channel(session, connector="manual"))
    query = f"""mutation {{
        orderHold(input: {{id: "{order.id}"}}) {{ __typename }}
        awbVoid(id: "x") {{ __typename }} }}"""
    answer = await ask_with(api, [Permission.ORDERS_EDIT], query)
    assert answer.status_code == 403
    async with api.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(HistoryEntry)) == order.history_seq


async def test_a_move_may_need_more_than_its_field(api: Api) -> None:
    """The status table asks for the courier's permission; it is named, and nothing is moved."""
    async with api.database.begin() as session:
        order = await make_order(session)
    query = f'mutation {{ orderMove(input: {{id: "{order.id}", to: CANCELLED}}) {{ __typename }} }}'
    answer = await ask_with(api, [Permission.ORDERS_EDIT], query)
    assert answer.json()["data"] == {"orderMove": {"__typename": "Order"}}


@pytest.mark.parametrize("permission", [Permission.ORDERS_EDIT, Permission.CUSTOMERS_EDIT])
async def test_merging_customers_needs_the_rights_to_customers_and_orders(api: Api, permission: Permission) -> None:
    async with api.database.begin() as session:
        keep, drop = await make_customer(session), await make_customer(session)
    query = f'mutation {{ customersMerge(input: {{keep: "{keep.id}", drop: "{drop.id}"}}) {{ __typename }} }}'
    [error] = (await ask_with(api, [permission], query)).json()["errors"]
    [missing] = {Permission.ORDERS_EDIT, Permission.CUSTOMERS_EDIT} - {permission}
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert missing in error["message"]
    async with api.database.begin() as session:
        assert await session.get(Customer, drop.id) is not None


async def test_metafields_of_a_customer_need_the_right_to_customers(api: Api) -> None:
    async with api.database.begin() as session:
        customer = await make_customer(session)
    values = '[{key: "crm.tier", value: 1}]'
    query = (
        f'mutation {{ metafieldsSet(input: {{owner: CUSTOMER, id: "{customer.id}", values: {values}}}) '
        "{ __typename } }"
    )
    [error] = (await ask_with(api, [Permission.ORDERS_EDIT], query)).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "customers.edit" in error["message"]
