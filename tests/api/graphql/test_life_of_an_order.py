"""From an empty house to a packed order, as an outside program would do it."""

from typing import Any

from tests.api.conftest import Api

PROBLEMS = "... on Invalid { problems { path code message } } ... on Refusal { __typename code message path }"


async def product_with_stock(api: Api, sku: str = "CANA-300", quantity: str = "10") -> None:
    done = await api.data(
        """mutation ($sku: String!) { productUpsert(input: {sku: $sku, name: "Cană 300 ml", vatRate: "21",
            price: {amount: "50.00", currency: "RON"}}) { ... on Product { sku price { amount } } } }""",
        {"sku": sku},
    )
    assert done["productUpsert"] == {"sku": sku, "price": {"amount": "50.00"}}
    done = await api.data(
        """mutation ($line: StockLineInput!) { stockReceive(input: {lines: [$line]}) {
            ... on StockReceived { lines { sku onHand reserved available warehouse } } } }""",
        {"line": {"sku": sku, "quantity": quantity}},
    )
    level = {"sku": sku, "onHand": quantity, "reserved": "0", "available": quantity, "warehouse": "main"}
    assert done["stockReceive"]["lines"] == [level]


CREATE = (
    """mutation ($input: OrderCreateInput!) { orderCreate(input: $input) {
    ... on Order { id number status statusCode version } """
    + PROBLEMS
    + " } }"
)


def order_input(sku: str = "CANA-300", quantity: Any = "2", **fields: Any) -> dict[str, Any]:
    return {
        "channel": "manual",
        "customer": {"name": "Ion Popescu", "email": "ion@example.ro", "phone": "0722000111"},
        "lines": [{"sku": sku, "quantity": quantity}],
        "shippingAddress": {"name": "Ion Popescu", "street": "Str. Lungă 1", "city": "Brașov", "country": "RO"},
        "paymentMethod": "cod",
        **fields,
    }


async def new_order(api: Api, **fields: Any) -> dict[str, Any]:
    created: dict[str, Any] = (await api.data(CREATE, {"input": order_input(**fields)}))["orderCreate"]
    assert created.keys() >= {"id", "number"}, created
    return created


async def act(api: Api, field: str, order_id: str, selection: str = "id status version", **more: Any) -> Any:
    query = f"""mutation ($input: OrderActionInput!) {{ {field}(input: $input) {{
        ... on Order {{ {selection} }} {PROBLEMS} }} }}"""
    return (await api.data(query, {"input": {"id": order_id, **more}}))[field]


async def test_from_nothing_to_an_approved_packing_list(api: Api) -> None:
    await product_with_stock(api)
    order = await new_order(api)
    assert order["status"] == "DRAFT"
    confirmed = await act(api, "orderConfirm", order["id"], "status version lines { sku quantity total { amount } }")
    assert confirmed["status"] == "CONFIRMED"
    assert confirmed["lines"] == [{"sku": "CANA-300", "quantity": "2", "total": {"amount": "121.00"}}]
    note = (
        await api.data(
            """mutation ($id: ID!) { deliveryNoteCreate(input: {order: $id}) {
                ... on DeliveryNote { id number state lines { sku quantity } } } }""",
            {"id": order["id"]},
        )
    )["deliveryNoteCreate"]
    assert note["state"] == "OPEN"
    assert note["lines"] == [{"sku": "CANA-300", "quantity": "2"}]
    packing = (
        await api.data(
            """mutation ($id: ID!) { packingListCreate(input: {deliveryNote: $id}) {
                ... on PackingList { id number state parcels { number } } } }""",
            {"id": note["id"]},
        )
    )["packingListCreate"]
    assert (packing["state"], packing["parcels"]) == ("DRAFT", [])
    pack = """mutation ($input: PackInput!) { packingListPack(input: $input) {
        ... on PackingList { state parcels { number lengthCm widthCm heightCm weightKg } }
        ... on ParcelIncomplete { code parcels { number missing } } } }"""
    lacking = await api.data(pack, {"input": {"id": packing["id"], "parcels": [{"lengthCm": 20, "weightKg": "1.2"}]}})
    assert lacking["packingListPack"] == {
        "code": "PARCEL_INCOMPLETE",
        "parcels": [{"number": 1, "missing": ["widthCm", "heightCm"]}],
    }
    parcel = {"lengthCm": "20", "widthCm": "15.5", "heightCm": "10", "weightKg": "1.2"}
    packed = await api.data(pack, {"input": {"id": packing["id"], "parcels": [parcel]}})
    assert packed["packingListPack"] == {"state": "PACKED", "parcels": [{"number": 1, **parcel}]}
    approve = "mutation ($id: ID!) { packingListApprove(id: $id) { ... on PackingList { state } } }"
    for _ in range(2):
        approved = await api.data(approve, {"id": packing["id"]})
        assert approved["packingListApprove"] == {"state": "APPROVED"}
    shown = await api.data(
        """query ($id: ID!) { order(by: {id: $id}) { number status customer { name email } channel { slug }
            deliveryNotes { number } packingLists { number state parcels { number } } shipments { id } invoices { id }
            history { seq kind actor } nextActions { to allowed reason unlockedBy } } }""",
        {"id": order["id"]},
    )
    assert shown["order"]["customer"] == {"name": "Ion Popescu", "email": "ion@example.ro"}
    assert shown["order"]["channel"] == {"slug": "manual"}
    assert [entry["seq"] for entry in shown["order"]["history"]] == list(range(1, len(shown["order"]["history"]) + 1))
    assert shown["order"]["history"][0] == {"seq": 1, "kind": "order_created", "actor": "admin"}
    barred = {move["to"]: move for move in shown["order"]["nextActions"]}
    assert barred["SHIPPING"]["allowed"] is False
    assert "AWB" in barred["SHIPPING"]["reason"]
    counts = {
        row["status"]: row["count"] for row in (await api.data("{ orderCounts { status count } }"))["orderCounts"]
    }
    assert counts["CONFIRMED"] == 1
    assert sum(counts.values()) == 1
