"""Idempotency-Key: the same request again is answered and not carried out again."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from api.graphql import idempotency
from domain.access.models import ApiKey
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.idempotency import IdempotencyRecord
from domain.kernel.secrets import digest
from domain.orders.models import Order
from tests.api.conftest import Api
from tests.api.graphql.test_life_of_an_order import CREATE, act, order_input, product_with_stock


async def create(api: Api, key: str, **fields: Any) -> httpx.Response:
    return await api.ask(CREATE, {"input": order_input(**fields)}, Idempotency_Key=key)


async def count(api: Api, model: type[Order | IdempotencyRecord]) -> int:
    async with api.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(model))).scalar_one()


async def test_the_same_request_again(api: Api) -> None:
    """It is answered with the outcome as it is now, and enters nothing."""
    await product_with_stock(api)
    first = (await create(api, "k-1")).json()["data"]["orderCreate"]
    await act(api, "orderHold", first["id"])
    again = (await create(api, "k-1")).json()["data"]["orderCreate"]
    assert again["id"] == first["id"]
    assert (first["status"], again["status"]) == ("DRAFT", "ON_HOLD")
    assert await count(api, Order) == 1


async def test_two_at_once(api: Api) -> None:
    """On two connections: one enters the order, the other waits and gets the same one."""
    await product_with_stock(api)
    answers = await asyncio.gather(*(create(api, "k-1") for _ in range(4)))
    ids = {answer.json()["data"]["orderCreate"]["id"] for answer in answers}
    assert len(ids) == 1
    assert await count(api, Order) == 1


async def test_a_twin_that_waits_too_long(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first has not ended, the twin gets 409; after its end, the outcome."""
    monkeypatch.setattr(idempotency, "WAIT", "100ms")
    await product_with_stock(api)
    (caller,) = [f"key:{found.actor.id}" for _, found in api.services.callers._known.values()]
    async with api.database.begin() as session:
        session.add(
            IdempotencyRecord(caller=caller, key="k-1", fingerprint="of the first", outcome={}, created_at=utc_now())
        )
        await session.flush()
        answer = await create(api, "k-1")
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_IN_USE"
        await session.rollback()
    assert (await create(api, "k-1")).status_code == 200
    assert await count(api, Order) == 1


async def test_another_request_under_the_same_key(api: Api) -> None:
    await product_with_stock(api)
    await create(api, "k-1")
    answer = await create(api, "k-1", quantity="3")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await count(api, Order) == 1


async def test_the_order_of_the_variables_does_not_matter(api: Api) -> None:
    await product_with_stock(api)
    given = order_input()
    first = await api.ask(CREATE, {"input": given}, Idempotency_Key="k-1")
    turned = dict(reversed(given.items()))
    again = await api.ask(CREATE, {"input": turned}, Idempotency_Key="k-1")
    assert first.json()["data"]["orderCreate"]["id"] == again.json()["data"]["orderCreate"]["id"]


async def test_keys_are_the_callers_own(api: Api) -> None:
    await product_with_stock(api)
    async with api.database.begin() as session:
        every = sorted(Permission)
        session.add(ApiKey(name="other", key_hash=digest("other-key"), permissions=every, created_at=utc_now()))
    await create(api, "k-1")
    other = await api.http.post(
        "/graphql",
        json={"query": CREATE, "variables": {"input": order_input()}},
        headers={"Authorization": "Bearer other-key", "Idempotency-Key": "k-1"},
    )
    assert other.status_code == 200
    assert await count(api, Order) == 2


async def test_refusals_are_not_kept(api: Api) -> None:
    """Once what was wrong is mended, the same request under the same key is carried out."""
    refused = (await create(api, "k-1")).json()["data"]["orderCreate"]
    assert refused["__typename"] == "Invalid"
    assert await count(api, IdempotencyRecord) == 0
    await product_with_stock(api)
    done = (await create(api, "k-1")).json()["data"]["orderCreate"]
    assert done["status"] == "DRAFT"
    assert await count(api, IdempotencyRecord) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "tab\t"])
async def test_keys_that_cannot_be(shared_api: Api, key: str) -> None:
    answer = await create(shared_api, key)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_IDEMPOTENCY_KEY"


async def test_one_root_mutation_per_key(shared_api: Api) -> None:
    query = """mutation ($id: ID!) { a: packingListApprove(id: $id) { __typename } ...More }
        fragment More on Mutation { b: packingListApprove(id: $id) { __typename } }"""
    answer = await shared_api.ask(query, {"id": "x"}, Idempotency_Key="k-1")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_ONE_MUTATION"


async def test_queries_do_not_mind_a_key(shared_api: Api) -> None:
    answer = await shared_api.ask("{ a: orderCounts { count } b: orderCounts { count } }", Idempotency_Key="k-1")
    assert answer.status_code == 200
    assert await count(shared_api, IdempotencyRecord) == 0


async def test_every_kind_of_outcome_can_be_told_again(api: Api) -> None:
    """Also those that are no rows: levels, counts, mappings."""
    await product_with_stock(api)
    documents: list[tuple[str, dict[str, Any]]] = [
        (
            """mutation ($i: StockReceiveInput!) { stockReceive(input: $i) {
                ... on StockReceived { lines { onHand } } } }""",
            {"i": {"lines": [{"sku": "CANA-300", "quantity": "5"}]}},
        ),
        ("mutation { diaryReplay(input: {all: true}) { ... on Replayed { count } } }", {}),
        (
            """mutation ($i: MappingInput!) { mappingSet(input: $i) {
                ... on ChannelMapping { channel kind source target } } }""",
            {"i": {"channel": "manual", "kind": "PAYMENT_METHOD", "source": "op", "target": "prepaid"}},
        ),
        (
            """mutation { listingLink(input: {channel: "manual", externalVariantId: "7", sku: "CANA-300"}) {
                ... on Listing { channel externalVariantId sku } } }""",
            {},
        ),
        (
            """mutation { productUpsert(input: {sku: "B", name: "B"}) { ... on Product { id sku } } }""",
            {},
        ),
    ]
    for place, (query, variables) in enumerate(documents):
        first = (await api.ask(query, variables, Idempotency_Key=f"k-{place}")).json()
        again = (await api.ask(query, variables, Idempotency_Key=f"k-{place}")).json()
        assert first == again
        assert all(value for value in first["data"].values())
    async with api.database.read() as connection:
        levels = (await connection.execute(select(func.count()).select_from(IdempotencyRecord))).scalar_one()
    assert levels == len(documents)
    stock = await api.data('{ stock(skus: ["CANA-300"]) { onHand } }')
    assert stock["stock"] == [{"onHand": "15"}]
