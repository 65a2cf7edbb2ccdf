"""What cannot be done is refused with a typed answer that says what to do, and nothing is changed."""

from typing import Any

import pytest
from sqlalchemy import text

from domain.orders.status import Status
from tests.api.conftest import Api
from tests.api.graphql.test_life_of_an_order import CREATE, act, new_order, order_input, product_with_stock
from tests.support.builders import make_channel, make_order, make_variant

NOWHERE = "01930000-0000-7000-8000-000000000000"
COUNTED = (
    *("orders", "order_history", "outbox", "reservations", "invoices", "delivery_notes", "packing_lists", "parcels"),
    *("shipments", "payments", "customers", "channels", "courier_accounts", "status_count_deltas", "stock_moves"),
    *("idempotency_keys", "sync_runs", "schedules", "variants", "channel_mappings", "listings"),
)


async def everything(api: Api) -> dict[str, int]:
    """How many rows each table has, and the versions of the orders."""
    async with api.database.read() as connection:
        found = {
            table: (await connection.execute(text(f"select count(*) from {table}"))).scalar_one() for table in COUNTED
        }
        versions = "select coalesce(sum(version * 1000 + status), 0) from orders"
        return {**found, "versions": (await connection.execute(text(versions))).scalar_one()}


@pytest.mark.parametrize("bad_id", [NOWHERE, "", "x", "1", "'; drop table orders; --"])
async def test_an_unknown_id_is_not_found_everywhere(shared_api: Api, bad_id: str) -> None:
    before = await everything(shared_api)
    inputs: dict[str, tuple[str, Any]] = {
        "orderConfirm": ("OrderActionInput!", {"id": bad_id}),
        "orderMove": ("OrderMoveInput!", {"id": bad_id, "to": "CONFIRMED"}),
        "orderCancel": ("OrderActionInput!", {"id": bad_id}),
        "orderHold": ("OrderActionInput!", {"id": bad_id}),
        "orderResume": ("OrderActionInput!", {"id": bad_id}),
        "orderEditAddress": ("OrderEditAddressInput!", {"id": bad_id, "shippingAddress": {"city": "Cluj"}}),
        "orderEdit": ("OrderEditInput!", {"id": bad_id, "note": "x"}),
        "orderDuplicate": ("OrderDuplicateInput!", {"id": bad_id}),
        "orderNoteAdd": ("OrderNoteAddInput!", {"order": bad_id, "text": "x"}),
        "orderNoteEdit": ("OrderNoteEditInput!", {"id": bad_id, "text": "x"}),
        "paymentRecord": ("PaymentRecordInput!", {"order": bad_id, "amount": "1"}),
        "paymentVoid": ("PaymentVoidInput!", {"id": bad_id, "reason": "x"}),
        "deliveryNoteCreate": ("DeliveryNoteInput!", {"order": bad_id}),
        "packingListCreate": ("PackingListInput!", {"deliveryNote": bad_id}),
        "packingListPack": (
            "PackInput!",
            {"id": bad_id, "parcels": [{"lengthCm": 1, "widthCm": 1, "heightCm": 1, "weightKg": 1}]},
        ),
        "awbCreate": ("AwbInput!", {"packingList": bad_id, "account": "none"}),
        "awbResolve": ("AwbResolveInput!", {"id": bad_id}),
        "diaryReplay": ("DiaryReplayInput!", {"ids": [bad_id]}),
        "mappingSet": (
            "MappingInput!",
            {"channel": bad_id, "kind": "PAYMENT_METHOD", "source": "cod", "target": "prepaid"},
        ),
        "listingLink": ("ListingInput!", {"channel": bad_id, "externalVariantId": "1", "sku": "A"}),
        "orderCreate": ("OrderCreateInput!", order_input(channel=bad_id)),
        "stockCorrect": (
            "StockCorrectInput!",
            {"sku": "A", "difference": 1, "reason": "count", "warehouse": bad_id or "x"},
        ),
        "stockReceive": ("StockReceiveInput!", {"lines": [{"sku": "A", "quantity": 1}], "warehouse": bad_id or "x"}),
    }
    for field, (kind, given) in inputs.items():
        query = f"mutation ($i: {kind}) {{ {field}(input: $i) {{ ... on Refusal {{ __typename code path }} }} }}"
        answer = (await shared_api.data(query, {"i": given}))[field]
        assert (answer["__typename"], answer["code"]) == ("NotFound", "NOT_FOUND"), field
        assert answer["path"][0] in given, field
    for field in ("packingListApprove", "awbVoid"):
        query = f"mutation ($id: ID!) {{ {field}(id: $id) {{ ... on NotFound {{ code path }} }} }}"
        assert (await shared_api.data(query, {"id": bad_id}))[field] == {"code": "NOT_FOUND", "path": ["id"]}
    for field, kind in (("diaryReplay", "DiaryReplayInput!"), ("deadLetterRevive", "DeadLetterReviveInput!")):
        query = f"mutation ($i: {kind}) {{ {field}(input: $i) {{ ... on Invalid {{ problems {{ path code }} }} }} }}"
        problems = (await shared_api.data(query, {"i": {}}))[field]["problems"]
        assert problems == [{"path": ["ids"], "code": "ONE_OF"}]
    for field in (
        "channelTest(id: $id) { ok }",
        "courierAccountTest(id: $id) { ok }",
        "channelSync(id: $id) { runId }",
    ):
        [error] = (await shared_api.ask(f"mutation ($id: ID!) {{ {field} }}", {"id": bad_id})).json()["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"
    found = await shared_api.data(
        """query ($id: ID!) { a: order(by: {id: $id}) { id } c: order(by: {external: {channel: "none", id: "1"}}) { id }
            channelHealth(id: $id) { waiting } }""",
        {"id": bad_id},
    )
    assert found == {"a": None, "c": None, "channelHealth": None}
    assert await everything(shared_api) == before


@pytest.mark.spec("ORD-7")
async def test_a_stale_version(api: Api) -> None:
    await product_with_stock(api)
    order = await new_order(api)
    held = await act(api, "orderHold", order["id"], expectedVersion=order["version"])
    assert held["status"] == "ON_HOLD"
    before = await everything(api)
    for field in ("orderConfirm", "orderCancel", "orderHold", "orderResume"):
        query = f"""mutation ($input: OrderActionInput!) {{ {field}(input: $input) {{
            ... on StaleVersion {{ __typename code path currentVersion
                changes {{ kind actor version data }} }} }} }}"""
        answer = await api.data(query, {"input": {"id": order["id"], "expectedVersion": order["version"]}})
        assert answer[field] == {
            "__typename": "StaleVersion",
            "code": "STALE_VERSION",
            "path": ["expectedVersion"],
            "currentVersion": held["version"],
            "changes": [
                {"kind": "status_changed", "actor": "admin", "version": held["version"], "data": {"from": 0, "to": 9}}
            ],
        }
    assert await everything(api) == before


@pytest.mark.spec("ORD-3")
async def test_an_illegal_move(api: Api) -> None:
    async with api.database.begin() as session:
        order = await make_order(session, status=Status.DELIVERED)
    before = await everything(api)
    answer = await api.data(
        """mutation ($input: OrderMoveInput!) { orderMove(input: $input) {
            ... on IllegalMove { __typename code message from to legalMoves } } }""",
        {"input": {"id": str(order.id), "to": "DRAFT"}},
    )
    refusal = answer["orderMove"]
    assert refusal.pop("message")
    assert refusal == {
        "__typename": "IllegalMove",
        "code": "ILLEGAL_MOVE",
        "from": "DELIVERED",
        "to": "DRAFT",
        "legalMoves": [],
    }
    assert await everything(api) == before


@pytest.mark.spec("ORD-4")
async def test_other_guards(api: Api) -> None:
    """Not approved, not paid, not in stock: each its own type with its data."""
    async with api.database.begin() as session:
        unapproved = await make_order(session, channel=await make_channel(session))
        unapproved.approve_status = 0
        unpaid = await make_order(session, status=Status.PENDING_PAYMENT)
        variant = await make_variant(session, "LACKING", stock=1)
        lacking = await make_order(session, [(variant, 3)], status=Status.STOCK_UNAVAILABLE)
    before = await everything(api)
    answer = await api.data(
        """mutation ($a: OrderMoveInput!, $b: OrderMoveInput!, $c: OrderMoveInput!) {
            a: orderMove(input: $a) { __typename ... on Refusal { code } }
            b: orderMove(input: $b) { __typename ... on PaymentMissing { code due { amount currency } } }
            c: orderMove(input: $c) { __typename ... on StockMissing { code missing { sku ordered available } } } }""",
        {
            "a": {"id": str(unapproved.id), "to": "CONFIRMED"},
            "b": {"id": str(unpaid.id), "to": "PAID"},
            "c": {"id": str(lacking.id), "to": "CONFIRMED"},
        },
    )
    assert answer["a"] == {"__typename": "NotApproved", "code": "NOT_APPROVED"}
    assert answer["b"] == {
        "__typename": "PaymentMissing",
        "code": "PAYMENT_MISSING",
        "due": {"amount": str(unpaid.total), "currency": "RON"},
    }
    assert answer["c"]["missing"] == [{"sku": "LACKING", "ordered": "3", "available": "1"}]
    assert await everything(api) == before


@pytest.mark.spec("STK-3")
async def test_confirming_without_stock_succeeds(api: Api) -> None:
    """The order is then in Stock Unavailable, with what is missing."""
    async with api.database.begin() as session:
        order = await make_order(session, [(await make_variant(session, "RARE", stock=1), 3)])
    selection = "status shortages { sku ordered available }"
    assert await act(api, "orderConfirm", str(order.id), selection) == {
        "status": "STOCK_UNAVAILABLE",
        "shortages": [{"sku": "RARE", "ordered": "3", "available": "1"}],
    }


async def test_every_wrong_field_at_once(api: Api) -> None:
    await product_with_stock(api)
    before = await everything(api)
    wrong = order_input(
        lines=[{"sku": "NONE", "quantity": "1"}, {"sku": "CANA-300", "quantity": "-2", "unitPrice": "-1"}],
        currency="lei",
        customer={"email": "no address"},
    )
    answer = (await api.data(CREATE, {"input": wrong}))["orderCreate"]
    assert answer["__typename"] == "Invalid"
    assert {".".join(one["path"]) for one in answer["problems"]} == {
        "lines.0.sku",
        "lines.1.quantity",
        "lines.1.unitPrice",
        "currency",
        "customer.email",
    }
    assert all(one["code"] and one["message"] for one in answer["problems"])
    assert await everything(api) == before


async def test_the_same_external_id_twice(api: Api) -> None:
    await product_with_stock(api)
    first = await new_order(api, externalId="A-1")
    before = await everything(api)
    answer = (await api.data(CREATE, {"input": order_input(externalId="A-1")}))["orderCreate"]
    assert [one["code"] for one in answer["problems"]] == ["DUPLICATE"]
    assert first["number"] in answer["message"]
    assert await everything(api) == before


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"slug": "Not A Slug"}, ["slug"], "BAD_SLUG"),
        ({"slug": "manual"}, ["slug"], "TAKEN"),
        ({"connector": "nobody"}, ["connector"], "NOT_LOADED"),
        ({"connector": "innoship"}, ["connector"], "WRONG_KIND"),
        ({"settings": []}, ["settings"], "NOT_AN_OBJECT"),
        ({"settings": {"store_url": "https://s.example", "colour": 1}}, ["settings", "colour"], "UNKNOWN_FIELD"),
        ({"settings": {}}, ["settings", "store_url"], "MISSING"),
        ({"credentials": {}}, ["credentials", "consumer_key"], "MISSING"),
        ({"mappings": {"paymentMethods": {"cod": "banana"}}}, ["mappings", "paymentMethods", "cod"], None),
    ],
)
async def test_channels_that_cannot_be_made(
    shared_api: Api, given: dict[str, Any], path: list[str], code: str | None
) -> None:
    before = await everything(shared_api)
    whole = {
        "slug": "shop-1",
        "title": "Shop",
        "connector": "woocommerce",
        "settings": {"store_url": "https://s.example"},
        "credentials": {"consumer_key": "ck_1", "consumer_secret": "cs_1", "webhook_secret": "a secret of the shop"},
        **given,
    }
    answer = await shared_api.data(
        """mutation ($input: ChannelCreateInput!) { channelCreate(input: $input) {
            ... on Channel { id } ... on Invalid { problems { path code message } } } }""",
        {"input": whole},
    )
    problems = answer["channelCreate"]["problems"]
    assert path in [one["path"] for one in problems]
    assert code is None or code in [one["code"] for one in problems]
    assert "a secret of the shop" not in str(answer)
    assert await everything(shared_api) == before


async def test_all_that_is_wrong_with_a_channel_is_named_at_once(shared_api: Api) -> None:
    before = await everything(shared_api)
    answer = await shared_api.data(
        """mutation ($input: ChannelCreateInput!) { channelCreate(input: $input) {
            ... on Invalid { problems { path code message } } } }""",
        {
            "input": {
                "slug": "Not A Slug",
                "title": " ",
                "connector": "woocommerce",
                "settings": {"store_url": "shop", "page_size": 1, "import_days": "many"},
                "credentials": {"consumer_key": "ck_1", "consumer_secret": "cs_1", "webhook_secret": "s3"},
                "mappings": {"paymentMethods": {"cod": "banana"}},
            }
        },
    )
    problems = answer["channelCreate"]["problems"]
    assert [(".".join(one["path"]), one["code"]) for one in problems] == [
        ("slug", "BAD_SLUG"),
        ("title", "MISSING"),
        ("mappings.paymentMethods.cod", problems[2]["code"]),
        ("settings.store_url", "BAD_VALUE"),
        ("settings.page_size", "OUT_OF_RANGE"),
        ("settings.import_days", "NOT_A_NUMBER"),
        ("credentials.webhook_secret", "TOO_SHORT"),
    ]
    assert [one["message"] for one in problems[3:]] == [
        "settings.store_url must be the store's own address, such as https://shop.example.",
        "Give settings.page_size of 5 or more.",
        "Give settings.import_days as a whole number.",
        "Give credentials.webhook_secret with at least 8 characters.",
    ]
    assert await everything(shared_api) == before


async def test_all_that_is_wrong_with_a_courier_account_is_named_at_once(shared_api: Api) -> None:
    answer = await shared_api.data(
        """mutation ($input: CourierAccountInput!) { courierAccountCreate(input: $input) {
            ... on Invalid { problems { path code } } } }""",
        {"input": {"slug": "Not A Slug", "title": "", "connector": "innoship", "settings": {"colour": 1}}},
    )
    problems = [(".".join(one["path"]), one["code"]) for one in answer["courierAccountCreate"]["problems"]]
    assert problems[:2] == [("slug", "BAD_SLUG"), ("title", "MISSING")]
    assert ("settings.colour", "UNKNOWN_FIELD") in problems


@pytest.mark.parametrize(
    "given", [{}, {"cause": "sku:A", "all": True}, {"ids": [], "all": False}, {"ids": [NOWHERE], "cause": "sku:A"}]
)
async def test_replay_takes_exactly_one(shared_api: Api, given: dict[str, Any]) -> None:
    query = """mutation ($input: DiaryReplayInput!) { diaryReplay(input: $input) {
        __typename ... on Refusal { code } } }"""
    answer = await shared_api.data(query, {"input": given})
    assert answer["diaryReplay"] == {"__typename": "Invalid", "code": "INVALID"}


async def test_a_bug_shows_nothing_inner(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller gets the correlation id, by which the log has the traceback."""
    async with api.database.begin() as session:
        await make_order(session)

    async def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("api.graphql.queries.orders.shown_counts", broken)
    answer = await api.ask("{ orderCounts { count } }", X_Correlation_Id="abc-123")
    assert answer.status_code == 200
    assert "secret" not in answer.text
    assert answer.json()["data"] is None
    [error] = answer.json()["errors"]
    assert error["message"] == "internal error"
    assert error["extensions"] == {"code": "INTERNAL", "correlationId": "abc-123"}
    assert error["path"] == ["orderCounts"]
