"""Lines that are ordered without a price get it from the price lists, and remember which gave it."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.groups import UpsertCustomerGroup, set_customer_groups, upsert_customer_group
from domain.customers.models import Customer
from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.merge_customers import merge_customers
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid
from domain.orders.models import Order, OrderLine
from domain.pricing.items import Price, SetItems, set_price_list_items
from domain.pricing.lists import UpsertPriceList, archive_price_list, upsert_price_list
from tests.domain.flows.moving import proven
from tests.support.builders import OPERATOR, load_order, make_channel, make_customer, make_order, make_variant
from tests.support.statements import counting

pytestmark = pytest.mark.spec("PRC-1")


async def make_list(session: AsyncSession, slug: str, prices: Sequence[tuple[str, str, str]], **fields: Any) -> None:
    """`prices` are (sku, from quantity, net price)."""
    command = UpsertPriceList(**{"slug": slug, "name": slug, "currency": "RON", **fields})
    await upsert_price_list(session, OPERATOR, command)
    items = [Price(sku=sku, min_quantity=Decimal(at), unit_price=Decimal(amount)) for sku, at, amount in prices]
    await set_price_list_items(session, OPERATOR, SetItems(slug=slug, items=items))


async def enter(session: AsyncSession, customer: Customer, *lines: OrderedLine, **fields: Any) -> Order:
    given: dict[str, Any] = {"channel": "manual", "customer": OrderCustomer(id=customer.id), "lines": lines, **fields}
    order = await create_order(session, OPERATOR, CreateOrder(**given))
    return await load_order(session, order.id)


def told(lines: Sequence[OrderLine]) -> list[tuple[str | None, str, Any]]:
    return [(line.sku, f"{line.unit_price:f}".rstrip("0").rstrip("."), line.price_source) for line in lines]


async def test_the_first_level_that_has_a_price_gives_it_and_the_line_says_which(session: AsyncSession) -> None:
    for sku in ("A", "B", "C", "D", "E"):
        await make_variant(session, sku, price="100")
    customer = await make_customer(session)
    await upsert_customer_group(session, OPERATOR, UpsertCustomerGroup(slug="vip", name="VIP"))
    await set_customer_groups(session, OPERATOR, customer.id, ["vip"])
    every = [("A", "0", "30"), ("B", "0", "31"), ("C", "0", "32")]
    await make_list(session, "for-the-channel", every, channels=["manual"])
    await make_list(session, "for-vip", [("A", "0", "20"), ("B", "0", "40"), ("B", "10", "21")], groups=["vip"])
    await make_list(session, "for-ion", [("A", "5", "10")], customers=[str(customer.id)])
    order = await enter(
        session,
        customer,
        OrderedLine("A", Decimal(5)),
        OrderedLine("A", Decimal(4)),
        OrderedLine("B", Decimal(10)),
        OrderedLine("C", Decimal(1)),
        OrderedLine("D", Decimal(1)),
        OrderedLine("E", Decimal(1), Decimal(7)),
    )
    assert told(order.lines) == [
        ("A", "10", {"level": "CUSTOMER", "list": "for-ion", "min_quantity": "5"}),
        ("A", "20", {"level": "GROUP", "list": "for-vip", "min_quantity": "0"}),
        ("B", "21", {"level": "GROUP", "list": "for-vip", "min_quantity": "10"}),
        ("C", "32", {"level": "CHANNEL", "list": "for-the-channel", "min_quantity": "0"}),
        ("D", "100", {"level": "STANDARD"}),
        ("E", "7", {"level": "MANUAL"}),
    ]
    stranger = await make_customer(session)
    assert [line[1] for line in told((await enter(session, stranger, OrderedLine("A", Decimal(5)))).lines)] == ["30"]


async def test_a_list_of_another_time_currency_or_state_gives_nothing(session: AsyncSession) -> None:
    await make_variant(session, "A", price="100")
    customer = await make_customer(session)
    now, mine = utc_now(), {"customers": [str(customer.id)]}
    await make_list(session, "later", [("A", "0", "1")], valid_from=now + timedelta(days=1), **mine)
    await make_list(session, "over", [("A", "0", "2")], valid_until=now - timedelta(seconds=1), **mine)
    await make_list(session, "off", [("A", "0", "3")], active=False, **mine)
    await make_list(session, "euro", [("A", "0", "4")], currency="EUR", **mine)
    await make_list(session, "gone", [("A", "0", "5")], **mine)
    await archive_price_list(session, OPERATOR, "gone")
    line = OrderedLine("A", Decimal(1))
    assert [one[1] for one in told((await enter(session, customer, line)).lines)] == ["100"]
    assert [one[1] for one in told((await enter(session, customer, line, currency="EUR")).lines)] == ["4"]
    yesterday = await enter(session, customer, line, placed_at=now - timedelta(days=1))
    assert [one[1] for one in told(yesterday.lines)] == ["2"], "the price of when it was placed"


async def test_a_product_without_a_price_can_be_ordered_where_a_list_has_one(session: AsyncSession) -> None:
    await make_variant(session, "A", price=None)
    customer = await make_customer(session)
    line = OrderedLine("A", Decimal(1))
    await make_list(session, "for-ion", [("A", "0", "9.5")], customers=[str(customer.id)])
    assert [one[1] for one in told((await enter(session, customer, line)).lines)] == ["9.5"]
    with pytest.raises(Invalid) as refused:
        await enter(session, await make_customer(session), line)
    assert refused.value.problems[0].code == "MISSING"


async def test_wrong_lines_are_refused_as_ever(session: AsyncSession) -> None:
    await make_variant(session, "A", price="1")
    await make_variant(session, "OLD", price="1", active=False)
    customer = await make_customer(session)
    await make_list(session, "for-ion", [("A", "0", "9"), ("OLD", "0", "9")], customers=[str(customer.id)])
    lines = [
        OrderedLine("A", Decimal("NaN")),
        OrderedLine("A", Decimal(-1)),
        OrderedLine("NONE", Decimal(1)),
        OrderedLine("OLD", Decimal(1)),
    ]
    with pytest.raises(Invalid) as refused:
        await enter(session, customer, *lines)
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [
        (("lines", "0", "quantity"), "OUT_OF_RANGE"),
        (("lines", "1", "quantity"), "OUT_OF_RANGE"),
        (("lines", "2", "sku"), "UNKNOWN_SKU"),
        (("lines", "3", "sku"), "INACTIVE"),
    ]


async def test_new_lines_of_an_edit_are_priced_and_lines_that_stay_keep_their_price(session: AsyncSession) -> None:
    variant = await make_variant(session, "A", price="100")
    await make_variant(session, "B", price="50")
    customer = await make_customer(session)
    order = await make_order(session, [(variant, 1)], customer=customer)
    await make_list(session, "for-ion", [("A", "0", "9"), ("B", "0", "8")], customers=[str(customer.id)])
    kept = order.lines[0]
    lines = [EditedLine(line=kept.id, quantity=Decimal(3)), EditedLine(sku="B", quantity=Decimal(1))]
    contents = EditedContents(lines=lines)
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, expected_version=1, contents=contents))
    order = await load_order(session, order.id)
    gave = {"level": "CUSTOMER", "list": "for-ion", "min_quantity": "0"}
    assert told(order.lines) == [("A", "100", None), ("B", "8", gave)]
    lines = [
        EditedLine(line=order.lines[0].id, quantity=Decimal(3), unit_price=Decimal(70)),
        EditedLine(line=order.lines[1].id, quantity=Decimal(1), unit_price=Decimal(8)),
    ]
    contents = EditedContents(lines=lines)
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, expected_version=2, contents=contents))
    assert told((await load_order(session, order.id)).lines) == [("A", "70", {"level": "MANUAL"}), ("B", "8", gave)]


async def test_new_lines_of_an_edit_that_names_another_buyer_are_priced_for_that_one(session: AsyncSession) -> None:
    await make_variant(session, "A", price="100")
    order, buyer = await make_order(session, 1), await make_customer(session)
    await make_list(session, "for-her", [("A", "0", "9")], customers=[str(buyer.id)])
    lines = [EditedLine(sku="A", quantity=Decimal(1))]
    command = EditOrder(
        order_id=order.id,
        expected_version=1,
        contents=EditedContents(lines=lines),
        customer=OrderCustomer(id=buyer.id),
    )
    await edit_order(session, OPERATOR, command)
    assert [line[1] for line in told((await load_order(session, order.id)).lines)] == ["9"]


async def test_as_many_statements_whatever_the_lines_and_none_more_without_lists(session: AsyncSession) -> None:
    for number in range(20):
        await make_variant(session, f"A{number}", price="100")
    customer = await make_customer(session)

    async def statements(count: int) -> int:
        lines = [OrderedLine(f"A{number}", Decimal(1)) for number in range(count)]
        with counting(session) as sent:
            given = CreateOrder(channel="manual", customer=OrderCustomer(id=customer.id), lines=lines)
            await create_order(session, OPERATOR, given)
        return len(sent)

    without = await statements(20)
    await make_list(session, "for-ion", [(f"A{n}", "0", "9") for n in range(20)], customers=[str(customer.id)])
    assert await statements(1) == await statements(20) == without + 1


async def test_a_channels_list_is_not_for_another_channel(session: AsyncSession) -> None:
    await make_variant(session, "A", price="100")
    await make_channel(session, slug="portal-2", connector="portal")
    customer = await make_customer(session)
    await make_list(session, "portal", [("A", "0", "9")], channels=["portal-2"])
    line = OrderedLine("A", Decimal(1))
    assert [one[1] for one in told((await enter(session, customer, line)).lines)] == ["100"]
    assert [one[1] for one in told((await enter(session, customer, line, channel="portal-2")).lines)] == ["9"]


async def test_merged_customers_keep_the_lists_of_both(session: AsyncSession) -> None:
    await make_variant(session, "A", price="100")
    await make_variant(session, "B", price="100")
    keep, drop = await make_customer(session), await make_customer(session)
    await make_list(session, "both", [("A", "0", "9")], customers=[str(keep.id), str(drop.id)])
    await make_list(session, "hers", [("B", "0", "8")], customers=[str(drop.id)])
    await merge_customers(session, OPERATOR, keep.id, drop.id)
    order = await enter(session, keep, OrderedLine("A", Decimal(1)), OrderedLine("B", Decimal(1)))
    assert [one[1] for one in told(order.lines)] == ["9", "8"]


async def edit(session: AsyncSession, order: Order, **fields: Any) -> Order:
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, **fields))
    await proven(session, order)
    return await load_order(session, order.id)


def quantities(order: Order, *amounts: int) -> EditedContents:
    """All lines as a form sends them back, with other quantities."""
    return EditedContents(
        lines=[
            EditedLine(line=line.id, quantity=Decimal(amount), unit_price=line.unit_price)
            for line, amount in zip(order.lines, amounts, strict=True)
        ]
    )


@pytest.mark.spec("ORD-7")
async def test_a_client_does_not_inherit_the_prices_of_another(session: AsyncSession) -> None:
    for sku in ("A", "B"):
        await make_variant(session, sku, price="100", vat_rate=None)
    ion, ana = await make_customer(session), await make_customer(session)
    await make_list(session, "for-ion", [("A", "0", "10")], customers=[str(ion.id)])
    await make_list(session, "for-ana", [("B", "0", "70")], customers=[str(ana.id)])
    lines = [OrderedLine("A", Decimal(1)), OrderedLine("B", Decimal(1)), OrderedLine("A", Decimal(1), Decimal(7))]
    order = await enter(session, ion, *lines)
    assert [one[1] for one in told(order.lines)] == ["10", "100", "7"]
    order = await edit(session, order, customer=OrderCustomer(id=ana.id))
    assert told(order.lines) == [
        ("A", "100", {"level": "STANDARD"}),
        ("B", "70", {"level": "CUSTOMER", "list": "for-ana", "min_quantity": "0"}),
        ("A", "7", {"level": "MANUAL"}),
    ]
    assert order.total == 177
    order = await edit(session, order, customer=OrderCustomer(id=ion.id), contents=quantities(order, 1, 2, 3))
    assert [one[1] for one in told(order.lines)] == ["10", "100", "7"]


@pytest.mark.spec("ORD-7")
async def test_another_quantity_gets_its_break_and_the_same_break_its_old_price(session: AsyncSession) -> None:
    await make_variant(session, "A", price="100", vat_rate=None)
    customer = await make_customer(session)
    mine = {"customers": [str(customer.id)]}
    await make_list(session, "breaks", [("A", "5", "80"), ("A", "10", "60")], **mine)
    order = await enter(session, customer, OrderedLine("A", Decimal(1)))
    prices = []
    for amount in (4, 5, 12, 9, 1):
        order = await edit(session, order, contents=quantities(order, amount))
        prices.append(told(order.lines)[0][1])
    assert prices == ["100", "80", "60", "80", "100"]
    order = await edit(session, order, contents=quantities(order, 6))
    items = [Price(sku="A", min_quantity=Decimal(5), unit_price=Decimal(90))]
    await set_price_list_items(session, OPERATOR, SetItems(slug="breaks", items=items))
    order = await edit(session, order, contents=quantities(order, 7))
    assert told(order.lines)[0][1] == "80"


@pytest.mark.spec("ORD-7")
async def test_a_line_that_loses_its_only_price_needs_one(session: AsyncSession) -> None:
    await make_variant(session, "A", price=None)
    ion, ana = await make_customer(session), await make_customer(session)
    await make_list(session, "for-ion", [("A", "2", "10")], customers=[str(ion.id)])
    order = await enter(session, ion, OrderedLine("A", Decimal(2)))
    one, line = order.id, order.lines[0].id
    for fields in (
        {"customer": OrderCustomer(id=ana.id)},
        {"contents": EditedContents(lines=[EditedLine(line=line, quantity=Decimal(1))])},
    ):
        with pytest.raises(Invalid) as refused:
            await edit_order(session, OPERATOR, EditOrder(order_id=one, **fields))
        assert [(found.path, found.code) for found in refused.value.problems] == [
            (("lines", "0", "unitPrice"), "MISSING")
        ]
    given = EditedContents(lines=[EditedLine(line=line, quantity=Decimal(1), unit_price=Decimal(11))])
    order = await edit(session, order, customer=OrderCustomer(id=ana.id), contents=given)
    assert told(order.lines) == [("A", "11", {"level": "MANUAL"})]


async def test_pricing_anew_costs_the_same_for_few_lines_and_for_many(session: AsyncSession) -> None:
    ion, ana = await make_customer(session), await make_customer(session)
    for number in range(12):
        await make_variant(session, f"V{number}", price="100")
    await make_list(session, "for-ion", [(f"V{number}", "0", "10") for number in range(12)], customers=[str(ion.id)])

    async def cost(lines: int) -> int:
        order = await enter(session, ion, *(OrderedLine(f"V{number}", Decimal(1)) for number in range(lines)))
        command = EditOrder(order_id=order.id, customer=OrderCustomer(id=ana.id))
        with counting(session) as seen:
            await edit_order(session, OPERATOR, command)
        return len(seen)

    assert await cost(2) == await cost(12)
