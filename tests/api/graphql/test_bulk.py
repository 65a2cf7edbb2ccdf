"""ordersBulk over the API (spec ORD-7)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader, PdfWriter
from sqlalchemy import func, select, update

from domain.bulk.models import BulkItem, BulkRun, ItemState, RunState
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.outbox import OutboxRow
from domain.orders.models import Order
from domain.shipping.models import ShipmentLabel
from tests.api.conftest import ADMIN_KEY, Api
from tests.api.graphql.scenes import counted, make_account, make_shipment
from tests.support.builders import make_channel, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-7")

RUN = """id state total done succeeded refused background labelsUrl finishedAt
    results(first: $first, after: $after, refused: $refused) { edges { cursor node { place id state made
        refusal { code message problems { code } } order { status } } } pageInfo { hasNextPage endCursor } }"""
BULK = (
    "mutation ($input: OrdersBulkInput!, $first: Int! = 200, $after: String, $refused: Boolean! = false) "
    "{ ordersBulk(input: $input) { __typename ... on BulkRun { "
    + RUN
    + " } ... on Invalid { problems { path code } } } }"
)
ONE = (
    "query ($id: ID!, $first: Int! = 200, $after: String, $refused: Boolean! = false) { bulkRun(id: $id) { "
    + RUN
    + " } }"
)
CANCEL = """mutation ($id: ID!) { bulkRunCancel(id: $id) {
    __typename ... on BulkRun { state note } ... on Refusal { code } } }"""


async def fill(api: Api, count: int) -> list[str]:
    async with api.database.begin() as session:
        channel, variant = await make_channel(session, slug="shop"), await make_variant(session, stock=1_000)
        return [str((await make_order(session, [(variant, 1)], channel=channel)).id) for _ in range(count)]


async def bulk(api: Api, *, key: str | None = None, **wanted: Any) -> Any:
    headers = {} if key is None else {"Idempotency_Key": key}
    return (await api.data(BULK, {"input": wanted}, **headers))["ordersBulk"]


def nodes(run: Any) -> list[Any]:
    return [edge["node"] for edge in run["results"]["edges"]]


async def test_a_result_for_each_order(api: Api) -> None:
    ids = await fill(api, 3)
    run = await bulk(api, action="HOLD", ids=[*ids, "x", ids[0]], reason="stock-taking")
    assert (run["state"], run["total"], run["done"], run["succeeded"], run["refused"]) == ("DONE", 5, 5, 3, 2)
    assert [one["id"] for one in nodes(run)] == [*ids, "x", ids[0]]
    assert [one["place"] for one in nodes(run)] == [1, 2, 3, 4, 5]
    assert [one["refusal"] and one["refusal"]["code"] for one in nodes(run)] == [None] * 3 + ["NOT_FOUND", "TWICE"]
    assert [one["order"] and one["order"]["status"] for one in nodes(run)] == ["ON_HOLD"] * 3 + [None, "ON_HOLD"]
    page = (await api.data(ONE, {"id": run["id"], "first": 2, "refused": True}))["bulkRun"]["results"]
    assert [edge["node"]["place"] for edge in page["edges"]] == [4, 5]
    page = (await api.data(ONE, {"id": run["id"], "first": 2}))["bulkRun"]["results"]
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": "2"}
    rest = (await api.data(ONE, {"id": run["id"], "after": "2"}))["bulkRun"]
    assert [one["place"] for one in nodes(rest)] == [3, 4, 5]


async def test_versions_are_checked_where_they_are_named(api: Api) -> None:
    ids = await fill(api, 2)
    orders = [{"id": ids[0], "expectedVersion": 7}, {"id": ids[1], "expectedVersion": 1}]
    run = await bulk(api, action="HOLD", orders=orders)
    assert [one["refusal"] and one["refusal"]["code"] for one in nodes(run)] == ["STALE_VERSION", None]


async def test_a_filter_says_how_many_it_may_find(api: Api) -> None:
    await fill(api, 3)
    where = {"channel": ["shop"], "status": ["DRAFT"]}
    assert (await bulk(api, action="HOLD", filter=where, max=2))["problems"] == [{"path": ["max"], "code": "TOO_MANY"}]
    assert (await bulk(api, action="HOLD", filter=where, max=3))["succeeded"] == 3
    assert (await bulk(api, action="HOLD", filter=where, max=3))["problems"] == [{"path": ["ids"], "code": "EMPTY"}]


async def test_a_repeated_request_is_the_same_run(api: Api) -> None:
    ids = await fill(api, 2)
    first = await bulk(api, key="k1", action="HOLD", ids=ids)
    again = await bulk(api, key="k1", action="HOLD", ids=ids)
    assert again == first
    other = await bulk(api, action="HOLD", ids=ids)
    assert (other["succeeded"], other["refused"]) == (0, 2)


async def test_a_request_that_died_is_finished_by_its_repetition(api: Api) -> None:
    """Its run is written down, and not done."""
    ids = await fill(api, 2)
    run = await bulk(api, key="k2", action="HOLD", ids=ids)
    async with api.database.begin() as session:
        await session.execute(update(BulkRun).values(state=RunState.RUNNING, finished_at=None))
        await session.execute(update(BulkItem).where(BulkItem.place == 2).values(state=ItemState.PENDING))
        await session.execute(update(Order).where(Order.id == UUID(ids[1])).values(status=0))
        assert await session.scalar(select(func.count()).where(OutboxRow.consumer == "bulk_run")) == 1
    again = await bulk(api, key="k2", action="HOLD", ids=ids)
    assert (again["id"], again["state"], again["succeeded"]) == (run["id"], "DONE", 2)


async def test_more_than_500_are_left_to_workers_and_can_be_cancelled(api: Api) -> None:
    run = await bulk(api, action="HOLD", ids=[str(new_id()) for _ in range(501)])
    assert (run["state"], run["background"], run["done"]) == ("RUNNING", True, 0)
    assert len(nodes(run)) == 200
    cancelled = (await api.data(CANCEL, {"id": run["id"]}))["bulkRunCancel"]
    assert cancelled == {"__typename": "BulkRun", "state": "CANCELLED", "note": "Cancelled by admin."}
    assert (await api.data(CANCEL, {"id": run["id"]}))["bulkRunCancel"] == cancelled
    assert (await api.data(CANCEL, {"id": "x"}))["bulkRunCancel"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("wanted", "problems"),
    [
        ({}, [("ids", "ONE_OF")]),
        ({"ids": [], "orders": []}, [("ids", "ONE_OF")]),
        ({"filter": {}, "max": 9}, [("filter", "EMPTY")]),
        ({"filter": {"search": "  "}, "max": 9}, [("filter", "EMPTY")]),
        ({"filter": {"status": []}, "max": 9}, [("filter.status", "EMPTY"), ("filter", "EMPTY")]),
        ({"filter": {"heldFrom": [], "test": False}, "max": 9}, [("filter.heldFrom", "EMPTY")]),
        ({"ids": []}, [("ids", "EMPTY")]),
        ({"ids": ["x"], "max": 1}, [("max", "NOT_WANTED")]),
        ({"filter": {"test": False}}, [("max", "OUT_OF_RANGE")]),
        ({"filter": {"test": False}, "max": 10_001}, [("max", "OUT_OF_RANGE")]),
        ({"ids": ["x"], "to": "DRAFT"}, [("to", "NOT_WANTED")]),
        ({"ids": ["x"], "reason": "x" * 20_000}, [("reason", "NOT_A_TEXT")]),
    ],
)
async def test_what_cannot_be_asked(shared_api: Api, wanted: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    answer = await bulk(shared_api, action="HOLD", **wanted)
    assert [(".".join(one["path"]), one["code"]) for one in answer["problems"]] == problems


@pytest.mark.parametrize("variables", [{"after": "x"}, {"after": "-1"}, {"first": 0}, {"first": 201}])
async def test_pages_of_results_that_there_are_not(api: Api, variables: dict[str, Any]) -> None:
    [order] = await fill(api, 1)
    run = await bulk(api, action="HOLD", ids=[order])
    answer = (await api.ask(ONE, {"id": run["id"], **variables})).json()
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
    assert (await api.data('{ bulkRun(id: "x") { id } }'))["bulkRun"] is None


async def test_reading_a_run_takes_as_many_statements_for_any_number_of_orders(api: Api) -> None:
    ids = await fill(api, 6)
    counts = []
    for some in (ids[:1], ids):
        run = await bulk(api, action="HOLD", ids=some)
        with counted(api.services.database) as statements:
            await api.data(ONE, {"id": run["id"]})
        counts.append(len(statements))
    assert counts == [4, 4]


def label(*sizes: int) -> bytes:
    writer, target = PdfWriter(), BytesIO()
    for size in sizes:
        writer.add_blank_page(width=size, height=100)
    writer.write(target)
    return target.getvalue()


async def shipped(api: Api, contents: Sequence[bytes | None]) -> list[str]:
    """An order for each; None: its label is not here yet."""
    ids = []
    async with api.database.begin() as session:
        account = await make_account(session, "account", "innoship")
        for content in contents:
            order = await make_order(session)
            shipment = await make_shipment(session, order, account)
            ids.append(str(order.id))
            if content is not None:
                session.add(
                    ShipmentLabel(
                        shipment_id=shipment.id,
                        format="A6",
                        media_type="application/pdf",
                        content=content,
                        fetched_at=utc_now(),
                    )
                )
    return ids


@pytest.mark.spec("FUL-3")
async def test_labels_are_one_pdf_in_the_order_asked_for(api: Api) -> None:
    with_labels = await shipped(api, [label(10), label(20, 21), None])
    [without] = await fill(api, 1)
    run = await bulk(api, action="PRINT_LABELS", ids=[with_labels[1], without, with_labels[2], with_labels[0]])
    codes = [one["refusal"] and one["refusal"]["problems"][0]["code"] for one in nodes(run)]
    assert codes == [None, "NO_AWB", "LABEL_PENDING", None]
    async with api.database.begin() as session:
        assert await session.scalar(select(func.count()).where(OutboxRow.consumer == "fetch_label")) == 1
    answer = await get(api, run["labelsUrl"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    widths = [int(page.mediabox.width) for page in PdfReader(BytesIO(answer.content)).pages]
    assert widths == [20, 21, 10]


async def get(api: Api, url: str, key: str = ADMIN_KEY) -> Any:
    return await api.http.get(url, headers={"Authorization": f"Bearer {key}"})


async def test_labels_that_cannot_be_joined(api: Api) -> None:
    ids = await shipped(api, [label(10), b"no pdf"])
    run = await bulk(api, action="PRINT_LABELS", ids=ids)
    answer = await get(api, run["labelsUrl"])
    assert (answer.status_code, answer.json()["code"]) == (409, "LABEL_UNREADABLE")


async def test_labels_that_are_not_there(api: Api) -> None:
    [order] = await fill(api, 1)
    run = await bulk(api, action="PRINT_LABELS", ids=[order])
    answer = await get(api, run["labelsUrl"])
    assert (answer.status_code, answer.json()["code"]) == (409, "NO_LABELS")
    other = await bulk(api, action="HOLD", ids=[order])
    assert other["labelsUrl"] is None
    for run_id in (other["id"], "x", new_id()):
        assert (await get(api, f"/labels/bulk/{run_id}.pdf")).status_code == 404
    running = await bulk(api, action="PRINT_LABELS", ids=[str(new_id()) for _ in range(501)])
    answer = await get(api, f"/labels/bulk/{running['id']}.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "RUNNING")
    assert (await api.http.get(f"/labels/bulk/{run['id']}.pdf")).status_code == 401
