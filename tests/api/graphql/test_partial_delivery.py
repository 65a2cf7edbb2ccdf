"""Confirming in part, on the API."""

import pytest

from domain.orders.models import Order
from tests.api.conftest import Api
from tests.support.builders import make_order, make_variant

pytestmark = pytest.mark.spec("STK-5")

ORDER = "... on Order { status version backOrdered { sku quantity line } lines { id quantity } total { amount } }"
REFUSED = "... on StockMissing { missing { sku ordered } } ... on Invalid { problems { code } }"


async def act(api: Api, name: str, order: Order, reason: str | None = None) -> dict[str, object]:
    query = f"mutation ($in: OrderActionInput!) {{ {name}(input: $in) {{ __typename {ORDER} {REFUSED} }} }}"
    answer: dict[str, object] = (await api.data(query, {"in": {"id": str(order.id), "reason": reason}}))[name]
    return answer


async def test_what_there_is_then_some_of_the_rest_then_no_more(api: Api) -> None:
    async with api.database.begin() as session:
        mug = await make_variant(session, "MUG", stock=1, price="10", vat_rate=None)
        order = await make_order(session, [(mug, 4)])
    [line] = order.lines
    done = await act(api, "orderConfirmPartly", order)
    assert (done["status"], done["backOrdered"]) == (
        "CONFIRMED",
        [{"sku": "MUG", "quantity": "3", "line": str(line.id)}],
    )
    assert (await act(api, "orderConfirmRest", order))["missing"] == [{"sku": "MUG", "ordered": "3"}]
    await api.data('mutation { stockReceive(input: {lines: [{sku: "MUG", quantity: 1}]}) { __typename } }')
    listed = await api.data("{ backOrders { edges { node { confirmable order { status } lacks { missing } } } } }")
    assert [edge["node"] for edge in listed["backOrders"]["edges"]] == [
        {"confirmable": False, "order": {"status": "CONFIRMED"}, "lacks": [{"missing": "2"}]}
    ]
    done = await act(api, "orderConfirmRest", order)
    assert done["backOrdered"] == [{"sku": "MUG", "quantity": "2", "line": str(line.id)}]
    assert (await act(api, "orderCancelRest", order))["problems"] == [{"code": "MISSING"}]
    done = await act(api, "orderCancelRest", order, "no longer made")
    assert (done["backOrdered"], done["lines"], done["total"]) == (
        [],
        [{"id": str(line.id), "quantity": "2"}],
        {"amount": "20.00"},
    )
    assert (await act(api, "orderConfirmRest", order))["problems"] == [{"code": "NOTHING_WAITS"}]
