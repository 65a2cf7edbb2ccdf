"""The number of statements depends on what is asked for, never on how many orders there are."""

from sqlalchemy import update

from api.graphql.parts import lines as lines_part
from domain.orders.models import Order
from tests.api.conftest import Api
from tests.api.graphql.scenes import counted, make_account, make_shipment
from tests.support.builders import make_channel, make_customer, make_order, make_variant

LIST = """{ orders(first: 50) { edges { cursor node { number status total { amount currency }
    customer { name email } channel { slug }
    lines { sku name quantity unitPrice { amount } total { amount } } } }
    pageInfo { hasNextPage hasPreviousPage } } }"""

EVERYTHING = """query ($number: String!) { order(by: {number: $number}) {
    id number status version externalId total { amount } customer { name } channel { slug title webhookUrl }
    lines { sku quantity } charges { kind } discounts { code } payments { flow amount { amount } }
    notes { text } due { amount } overpaid { amount } lacking { sku } deliveryPoint { id }
    history { seq kind data } nextActions { to allowed reason unlockedBy }
    deliveryNotes { number lines { sku quantity } } packingLists { number parcels { number lengthCm } }
    shipments { awb courier labelUrl events { text location } } invoices { number total { amount } } } }"""


async def fill(api: Api, count: int) -> list[Order]:
    async with api.database.begin() as session:
        channel, account = await make_channel(session), await make_account(session, connector="innoship")
        customers = [await make_customer(session, name=f"Customer {n}") for n in range(3)]
        variants = [await make_variant(session) for _ in range(3)]
        orders = []
        for place in range(count):
            order = await make_order(
                session, [(variant, 2) for variant in variants], channel=channel, customer=customers[place % 3]
            )
            await make_shipment(session, order, account)
            orders.append(order)
    return orders


async def test_a_list_with_lines_and_customers(api: Api) -> None:
    """One statement for the page, one each for lines, customers and channels; the key is looked up before."""
    await fill(api, 50)
    await api.data("{ __typename }")
    with counted(api.services.database) as statements:
        page = (await api.data(LIST))["orders"]
    assert len(statements) == 4, statements
    assert len(page["edges"]) == 50
    assert {len(edge["node"]["lines"]) for edge in page["edges"]} == {3}
    assert {edge["node"]["customer"]["name"] for edge in page["edges"]} == {f"Customer {n}" for n in range(3)}
    without = "{ orders(first: 50) { edges { node { number total { amount } } } } }"
    with counted(api.services.database) as statements:
        await api.data(without)
    assert len(statements) == 1
    assert "order_lines" not in statements[0]
    assert "note" not in statements[0], "only the columns that were asked for are read"


async def test_one_order_with_everything(api: Api) -> None:
    orders = await fill(api, 1)
    await api.data("{ __typename }")
    with counted(api.services.database) as statements:
        found = (await api.data(EVERYTHING, {"number": str(orders[0].number)}))["order"]
    assert len(statements) <= 21, statements
    assert found["deliveryNotes"] == [{"number": f"DN-{orders[0].number}", "lines": []}]
    assert found["packingLists"] == [{"number": f"PL-{orders[0].number}", "parcels": [{"number": 1, "lengthCm": "10"}]}]
    [shipment] = found["shipments"]
    assert shipment["events"] == [{"text": "Registered", "location": "Brașov"}]
    assert shipment["courier"] == "hand"
    assert shipment["labelUrl"].startswith("http://test/labels/")
    assert found["channel"]["webhookUrl"] == f"http://test/webhooks/{found['channel']['slug']}"
    assert [line["quantity"] for line in found["lines"]] == ["2", "2", "2"]


async def test_many_orders_with_everything(api: Api) -> None:
    """As many statements as for one."""
    orders = await fill(api, 7)
    fields = EVERYTHING.split("number: $number}) {", 1)[1].rsplit("} }", 1)[0]
    one = f"{{ orders(first: 1) {{ edges {{ node {{ {fields} }} }} }} }}"
    many = f"{{ orders(first: 7) {{ edges {{ node {{ {fields} }} }} }} }}"
    await api.data("{ __typename }")
    with counted(api.services.database) as few:
        await api.data(one)
    with counted(api.services.database) as statements:
        page = (await api.data(many))["orders"]
    assert len(statements) == len(few)
    assert len(page["edges"]) == len(orders)
    assert all(len(edge["node"]["shipments"]) == 1 for edge in page["edges"])


async def test_a_mutation_reads_back_what_is_asked_for(api: Api) -> None:
    orders = await fill(api, 1)
    query = f'mutation {{ orderHold(input: {{id: "{orders[0].id}"}}) {{ ... on Order {{ status lines {{ sku }} }} }} }}'
    await api.data("{ __typename }")
    with counted(api.services.database) as statements:
        answer = await api.data(query)
    assert answer["orderHold"]["status"] == "ON_HOLD"
    assert len(answer["orderHold"]["lines"]) == 3
    assert sum("FROM order_lines" in statement for statement in statements) >= 1
    assert len(statements) <= 12, statements


async def test_lines_and_version_are_of_one_moment(api: Api, monkeypatch: object) -> None:
    """The order is changed after its row was read and before its lines are: it is read again."""
    [order] = await fill(api, 1)
    usual = lines_part.lines_of
    changed = 0

    async def change_first(connection: object, columns: object, ids: object) -> object:
        nonlocal changed
        if changed < 2:
            changed += 1
            async with api.database.begin() as session:
                await session.execute(update(Order).values(version=Order.version + 1, total=Order.total + 1))
        return await usual(connection, columns, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(lines_part, "lines_of", change_first)  # type: ignore[attr-defined]
    query = f'{{ order(by: {{id: "{order.id}"}}) {{ version total {{ amount }} lines {{ sku }} }} }}'
    found = (await api.data(query))["order"]
    assert found["version"] == order.version + 2
    assert found["total"]["amount"] == str(order.total + 2)


async def test_a_filter_and_a_search_are_one_statement(api: Api) -> None:
    """With channels by their slugs, one more; whatever else is asked, and however many orders are found."""
    orders = await fill(api, 9)
    query = "query ($filter: OrderFilter) { orders(first: 5, filter: $filter) { edges { node { number } } } }"
    await api.data("{ __typename }")
    cases = [
        (1, {"search": "customer"}),
        (
            1,
            {"search": str(orders[0].number), "status": ["DRAFT", "PAID"], "customerGroup": ["vip"], "sku": ["x", "y"]},
        ),
        (1, {"hasSyncError": False, "seller": ["a"], "number": ["1", "2"], "inStatusOverHours": 1}),
        (2, {"channel": ["one", "two"], "promisedTo": "2026-12-01", "search": "+40 722 000 111"}),
    ]
    for count, asked in cases:
        with counted(api.services.database) as statements:
            await api.data(query, {"filter": asked})
        assert len(statements) == count, (asked, statements)
    with counted(api.services.database) as statements:
        await api.data('{ orderCounts(channel: ["one"]) { status count } }')
    assert len(statements) == 2
