"""Warehouses, receipt notes, quarantine and the ledger, on the API."""

from typing import Any

import pytest

from domain.stock.prove import prove_stock
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted
from tests.support.builders import make_variant

pytestmark = [pytest.mark.spec("STK-1"), pytest.mark.spec("STK-4")]

NOTE = "... on ReceiptNote { id number state version supplier lines { position sku quantity batch } }"
REFUSED = "__typename ... on Invalid { problems { path code } } ... on StaleVersion { currentVersion }"
CREATE = f"mutation ($in: ReceiptNoteInput!) {{ receiptNoteCreate(input: $in) {{ {NOTE} {REFUSED} }} }}"
APPROVE = f"""mutation ($id: ID!, $v: Int) {{
    receiptNoteApprove(id: $id, expectedVersion: $v) {{ {NOTE} {REFUSED} }} }}"""
LEVELS = """query ($first: Int, $after: String, $filter: StockLevelFilter) {
    stockLevels(first: $first, after: $after, filter: $filter) {
    edges { cursor node { sku warehouse onHand reserved quarantined available } }
    pageInfo { hasNextPage endCursor } } }"""
MOVES = """query ($first: Int, $after: String) { stockMoves(sku: "MUG", first: $first, after: $after) {
    edges { node { kind quantity quarantined cause reason actor warehouse } } pageInfo { hasNextPage endCursor } } }"""


async def fill(api: Api, *skus: str, stock: int = 0) -> None:
    async with api.database.begin() as session:
        for sku in skus:
            await make_variant(session, sku, stock=stock)


async def test_from_a_draft_to_the_ledger(api: Api) -> None:
    await fill(api, "MUG")
    await api.data('mutation { warehouseUpsert(input: {code: "cluj", name: "Cluj"}) { __typename } }')
    lines = [{"sku": "MUG", "quantity": "5", "batch": "L-1"}]
    draft = (await api.data(CREATE, {"in": {"lines": lines, "warehouse": "cluj", "supplier": "ACME"}}))[
        "receiptNoteCreate"
    ]
    assert (draft["state"], draft["version"], draft["supplier"]) == ("DRAFT", 1, "ACME")
    assert draft["lines"] == [{"position": 1, "sku": "MUG", "quantity": "5", "batch": "L-1"}]
    stale = (await api.data(APPROVE, {"id": draft["id"], "v": 9}))["receiptNoteApprove"]
    assert stale == {"__typename": "StaleVersion", "currentVersion": 1}
    done = (await api.data(APPROVE, {"id": draft["id"], "v": 1}))["receiptNoteApprove"]
    assert (done["state"], done["version"]) == ("APPROVED", 2)
    again = (await api.data(APPROVE, {"id": draft["id"]}))["receiptNoteApprove"]
    assert again == {"__typename": "Invalid", "problems": [{"path": ["id"], "code": "NOT_A_DRAFT"}]}
    for name, quantity in (("stockQuarantine", 2), ("stockRelease", 1)):
        await api.data(
            f'mutation {{ {name}(input: {{sku: "MUG", quantity: {quantity}, reason: "dust", warehouse: "cluj"}}) '
            "{ __typename } }"
        )
    [edge] = (await api.data(LEVELS))["stockLevels"]["edges"]
    assert edge["node"] == {
        "sku": "MUG",
        "warehouse": "cluj",
        "onHand": "5",
        "reserved": "0",
        "quarantined": "1",
        "available": "4",
    }
    page = (await api.data(MOVES, {"first": 2}))["stockMoves"]
    rest = (await api.data(MOVES, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["stockMoves"]
    moves = [edge["node"] for edge in [*page["edges"], *rest["edges"]]]
    assert [(move["kind"], move["quantity"], move["quarantined"], move["cause"]) for move in moves] == [
        ("QUARANTINE_OUT", "0", "-1", None),
        ("QUARANTINE_IN", "0", "2", None),
        ("RECEIPT", "5", "0", draft["number"]),
    ]
    assert {(move["warehouse"], move["reason"]) for move in moves} == {("cluj", "dust"), ("cluj", None)}
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_levels_are_paged_and_filtered(api: Api) -> None:
    await fill(api, "A-1", "A-2", stock=1)
    await fill(api, "B_1", stock=9)
    page = (await api.data(LEVELS, {"first": 2}))["stockLevels"]
    rest = (await api.data(LEVELS, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["stockLevels"]
    skus = [[edge["node"]["sku"] for edge in one["edges"]] for one in (page, rest)]
    assert skus == [["A-1", "A-2"], ["B_1"]]

    async def found(**filter: Any) -> list[str]:
        edges = (await api.data(LEVELS, {"filter": filter}))["stockLevels"]["edges"]
        return [edge["node"]["sku"] for edge in edges]

    assert await found(below="2") == ["A-1", "A-2"]
    assert await found(below="-999999999999999999") == []
    assert await found(below="999999999999999999") == ["A-1", "A-2", "B_1"]
    assert await found(search="b_") == ["B_1"]
    assert await found(search="product a-") == ["A-1", "A-2"]
    assert await found(warehouse="moon") == []


async def test_a_page_of_notes_costs_as_many_statements_as_one(api: Api) -> None:
    await fill(api, "MUG")
    query = "{ receiptNotes(state: [DRAFT]) { edges { node { number lines { sku } } } } warehouses { code active } }"
    counts = []
    for _ in range(2):
        await api.data(CREATE, {"in": {"lines": [{"sku": "MUG", "quantity": "1"}] * 2}})
        await api.data("{ __typename }")
        with counted(api.services.database) as statements:
            answer = await api.data(query)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 3
    assert [len(edge["node"]["lines"]) for edge in answer["receiptNotes"]["edges"]] == [2, 2]
    assert answer["warehouses"] == [{"code": "main", "active": True}]


async def test_a_note_is_edited_read_and_cancelled(api: Api) -> None:
    await fill(api, "MUG", "CUP")
    note = (await api.data(CREATE, {"in": {"lines": [{"sku": "MUG", "quantity": "1"}]}}))["receiptNoteCreate"]
    edit = f"""mutation ($id: ID!, $in: ReceiptNoteInput!) {{
        receiptNoteEdit(id: $id, expectedVersion: 1, input: $in) {{ {NOTE} {REFUSED} }} }}"""
    edited = (await api.data(edit, {"id": note["id"], "in": {"lines": [{"sku": "CUP", "quantity": "2"}]}}))[
        "receiptNoteEdit"
    ]
    assert [(line["sku"], line["quantity"]) for line in edited["lines"]] == [("CUP", "2")]
    cancel = "mutation ($id: ID!) { receiptNoteCancel(id: $id) { ... on ReceiptNote { state } } }"
    assert await api.data(cancel, {"id": note["id"]}) == {"receiptNoteCancel": {"state": "CANCELLED"}}
    read = "query ($id: ID!) { receiptNote(id: $id) { state version } }"
    assert await api.data(read, {"id": note["id"]}) == {"receiptNote": {"state": "CANCELLED", "version": 3}}
    assert await api.data(read, {"id": "none"}) == {"receiptNote": None}


async def test_goods_go_from_one_warehouse_to_another(api: Api) -> None:
    await fill(api, "MUG", stock=5)
    await api.data('mutation { warehouseUpsert(input: {code: "cluj", name: "Cluj"}) { __typename } }')
    transfer = """mutation ($in: StockTransferInput!) { stockTransfer(input: $in) { __typename
        ... on StockReceived { lines { warehouse onHand } } ... on Invalid { problems { path code } }
        ... on NotFound { path } } }"""

    async def ask(**changed: str) -> Any:
        whole = {"sku": "MUG", "quantity": "2", "source": "main", "target": "cluj", "reason": "van 7", **changed}
        return (await api.data(transfer, {"in": whole}))["stockTransfer"]

    assert (await ask(target="main"))["problems"] == [{"path": ["target"], "code": "SAME"}]
    assert (await ask(quantity="6"))["problems"] == [{"path": ["quantity"], "code": "RESERVED"}]
    assert (await ask(source="moon"))["path"] == ["source"]
    assert (await ask())["lines"] == [{"warehouse": "cluj", "onHand": "2"}, {"warehouse": "main", "onHand": "3"}]
    assert (await ask(source="cluj", target="main", quantity="1"))["lines"] == [
        {"warehouse": "cluj", "onHand": "1"},
        {"warehouse": "main", "onHand": "4"},
    ]
    moves = [edge["node"] for edge in (await api.data(MOVES))["stockMoves"]["edges"]]
    assert sorted((move["warehouse"], move["quantity"]) for move in moves if move["kind"] == "TRANSFER") == [
        ("cluj", "-1"),
        ("cluj", "2"),
        ("main", "-2"),
        ("main", "1"),
    ]
    async with api.database.begin() as session:
        assert await prove_stock(session) == []
