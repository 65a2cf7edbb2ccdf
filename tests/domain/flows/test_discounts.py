"""Discounts of orders: what is entered, edited and cancelled, and what it leaves in the log."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.discounts.models import DiscountLog, DiscountUse, Formal, TradeDiscount
from domain.flows.create_order import CreateOrder, Fee, OrderCustomer, OrderedLine, create_order
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.import_lines import write_lines
from domain.flows.merge_customers import merge_customers
from domain.flows.voucher import ChangeVoucher, apply_voucher, remove_voucher
from domain.intake.types import IncomingDiscount
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, StaleVersion
from domain.orders.models import Order, OrderDiscount
from domain.orders.status import Status
from tests.domain.flows.moving import history, move, proven
from tests.support.builders import OPERATOR, make_channel, make_customer, make_order, make_variant
from tests.support.discounts import accounted, group_product, log_of, make_rule, put_in_group, uses
from tests.support.incoming import incoming, line
from tests.support.snapshot import snapshot

BUYER = OrderCustomer(name="Ion", email="ion@example.com")


async def enter(session: AsyncSession, *vouchers: str, **fields: Any) -> Order:
    """An order of two mugs at 100.00 and a cup at 50.00."""
    lines = [OrderedLine("MUG", Decimal(2)), OrderedLine("CUP", Decimal(1))]
    command = CreateOrder(**{"channel": "manual", "lines": lines, "customer": BUYER, "vouchers": vouchers, **fields})
    return await accounted(session, (await create_order(session, OPERATOR, command)).id)


async def refusal(session: AsyncSession, *vouchers: str, **fields: Any) -> list[tuple[str, str]]:
    before = await snapshot(session)
    with pytest.raises(Invalid) as raised:
        async with session.begin_nested():
            await enter(session, *vouchers, **fields)
    assert await snapshot(session) == before
    return [(".".join(problem.path), problem.code) for problem in raised.value.problems]


@pytest.fixture
async def goods(session: AsyncSession) -> None:
    await make_variant(session, "MUG", price="100.00", vat_rate="21")
    await make_variant(session, "CUP", price="50.00", vat_rate=None)


def discounts(order: Order) -> list[Decimal]:
    return [line.discount for line in order.lines]


@pytest.mark.spec("DSC-2")
@pytest.mark.spec("DSC-3")
async def test_a_rule_applies_by_itself_and_is_logged(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, "10", name="Autumn")
    gift = await make_rule(session, "20", formal=Formal.AMOUNT, voucher="Gift20")
    order = await enter(session, " gift20 ")
    assert discounts(order) == [Decimal("36.00"), Decimal("9.00")]
    assert (order.lines[0].tax, order.lines[0].total) == (Decimal("34.44"), Decimal("198.44"))
    assert (order.discount_total, order.tax_total, order.total) == (45, Decimal("34.44"), Decimal("239.44"))
    log = [
        (one.sku, one.rule_name, one.voucher, one.original, one.after, one.saved)
        for one in await log_of(session, order)
    ]
    assert log == [
        ("CUP", "Autumn", None, 50, 45, 5),
        ("CUP", "20 off", "Gift20", 45, 41, 4),
        ("MUG", "Autumn", None, 200, 180, 20),
        ("MUG", "20 off", "Gift20", 180, 164, 16),
    ]
    [line, *_] = await log_of(session, order)
    assert (line.customer_id, line.channel_id, line.quantity, line.currency) == (
        order.customer_id,
        order.channel_id,
        1,
        "RON",
    )
    assert (await uses(session, rule), await uses(session, gift)) == (1, 1)
    shown = await session.execute(select(OrderDiscount.code, OrderDiscount.amount).order_by(OrderDiscount.amount))
    assert shown.all() == [("Gift20", 20), ("Autumn", 25)]
    assert order.vouchers == [{"code": "gift20", "rule": str(gift.id), "why": None}]
    entry = (await history(session, order))[0]
    assert [(one["name"], one["saved"]) for one in entry.data["discounts"]] == [
        ("Autumn", "25.00"),
        ("20 off", "20.00"),
    ]
    await proven(session, order)


@pytest.mark.spec("DSC-1")
async def test_every_dimension_is_looked_up(session: AsyncSession, goods: None) -> None:
    """A rule that asks for all six applies where all six fit; the subgroup counts as its group."""
    client = await make_customer(session)
    mug = await make_variant(session, "POT", price="10.00", vat_rate=None)
    above = await group_product(session, await make_variant(session, "ANY"))
    await group_product(session, mug, above)
    group = await put_in_group(session, client)
    shop = await make_channel(session, slug="shop")
    rule = await make_rule(
        session,
        clients=[client.id],
        client_groups=[group.id],
        items=[mug.id],
        item_groups=[above.id],
        channels=["woocommerce"],
        stores=[shop.id],
    )
    await make_channel(session, slug="other")
    lines = [OrderedLine("POT", Decimal(1)), OrderedLine("CUP", Decimal(1))]
    fitting = {"channel": "shop", "customer": OrderCustomer(id=client.id), "lines": lines}
    assert discounts(await enter(session, **fitting)) == [1, 0]
    assert discounts(await enter(session, **{**fitting, "channel": "other"})) == [0, 0]
    assert discounts(await enter(session, **{**fitting, "channel": "manual"})) == [0, 0]
    assert discounts(await enter(session, **{**fitting, "customer": BUYER})) == [0, 0]
    assert await uses(session, rule) == 1


async def test_long_lists_of_clients_and_items_are_cut_to_the_order(session: AsyncSession, goods: None) -> None:
    client, mug = await make_customer(session), await make_variant(session, "POT")
    others = [UUID(int=n) for n in range(2_000)]
    await make_rule(session, clients=[*others, client.id], items=[*others, mug.id])
    lines = [OrderedLine("POT", Decimal(1)), OrderedLine("CUP", Decimal(1))]
    assert discounts(await enter(session, lines=lines, customer=OrderCustomer(id=client.id))) == [10, 0]


NOW = utc_now()
DAY = timedelta(days=1)


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"starts_at": NOW + DAY}, "NOT_STARTED"),
        ({"starts_at": NOW - 2 * DAY, "ends_at": NOW - DAY}, "EXPIRED"),
        ({"active": False}, "INACTIVE"),
        ({"archived_at": NOW}, "UNKNOWN_VOUCHER"),
        ({"clients": [UUID(int=7)]}, "OTHER_CLIENT"),
        ({"client_groups": [UUID(int=7)]}, "OTHER_CLIENT"),
        ({"items": [UUID(int=7)]}, "NO_ITEMS"),
        ({"item_groups": [UUID(int=7)]}, "NO_ITEMS"),
        ({"channels": ["portal"]}, "WRONG_CHANNEL"),
        ({"stores": [UUID(int=7)]}, "WRONG_CHANNEL"),
        ({"currency": "EUR"}, "WRONG_CURRENCY"),
        ({"minimum_order_value": Decimal("250.01")}, "BELOW_MINIMUM"),
    ],
)
async def test_a_voucher_that_cannot_be_used_says_why(
    session: AsyncSession, goods: None, fields: dict[str, Any], code: str
) -> None:
    await make_rule(session, voucher="PROMO", **fields)
    assert await refusal(session, "PROMO") == [("vouchers.0", code)]


@pytest.mark.spec("DSC-1")
async def test_all_wrong_vouchers_are_named_at_once_with_the_other_problems(session: AsyncSession, goods: None) -> None:
    await make_rule(session, voucher="OLD", ends_at=NOW - timedelta(hours=1))
    await make_rule(session, voucher="BIG", minimum_order_value=Decimal(1000))
    assert await refusal(session, "NONE", "old", "BIG") == [
        ("vouchers.0", "UNKNOWN_VOUCHER"),
        ("vouchers.1", "EXPIRED"),
        ("vouchers.2", "BELOW_MINIMUM"),
    ]
    wrong_lines = [OrderedLine("NOTHING", Decimal(1))]
    assert await refusal(session, "NONE", "BIG", lines=wrong_lines) == [
        ("lines.0.sku", "UNKNOWN_SKU"),
        ("vouchers.0", "UNKNOWN_VOUCHER"),
    ]


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (["A", "B", " a "], ("vouchers.2", "TWICE")),
        (["A\x00"], ("vouchers.0", "NOT_A_TEXT")),
        (["\ud800"], ("vouchers.0", "NOT_A_TEXT")),
        (["x" * 51], ("vouchers.0", "NOT_A_TEXT")),
        (["x" * 1_000_000], ("vouchers.0", "NOT_A_TEXT")),
        ([""], ("vouchers.0", "UNKNOWN_VOUCHER")),
        ([str(n) for n in range(11)], ("vouchers", "TOO_MANY")),
    ],
)
async def test_codes_that_are_none(
    session: AsyncSession, goods: None, codes: list[str], problem: tuple[str, str]
) -> None:
    assert await refusal(session, *codes) == [problem]


@pytest.mark.spec("DSC-2")
async def test_a_voucher_that_saves_less_than_what_applies_anyway_is_kept_and_not_used(
    session: AsyncSession, goods: None
) -> None:
    rule = await make_rule(session, "5", voucher="FIVE", stacks=False, limit_total=1)
    await make_rule(session, "10")
    order = await enter(session, "FIVE")
    assert order.discount_total == 25
    assert order.vouchers == [{"code": "FIVE", "rule": str(rule.id), "why": "OUTBID"}]
    assert await uses(session, rule) == 0


@pytest.mark.spec("DSC-1")
async def test_limits_count_orders_of_all_and_of_one_client(session: AsyncSession, goods: None) -> None:
    ion, ana = await make_customer(session), await make_customer(session)
    rule = await make_rule(session, voucher="FEW", limit_total=2, limit_per_client=1)
    assert (await enter(session, "FEW", customer=OrderCustomer(id=ion.id))).discount_total == 25
    assert await refusal(session, "FEW", customer=OrderCustomer(id=ion.id)) == [("vouchers.0", "USED_BY_CLIENT")]
    second = await enter(session, "FEW", customer=OrderCustomer(id=ana.id))
    assert await refusal(session, "FEW") == [("vouchers.0", "USED_UP")]
    await move(session, second, Status.CANCELLED)
    assert await uses(session, rule) == 1
    assert (await accounted(session, second.id)).discount_total == 25, "the log keeps what a cancelled order saved"
    assert (await enter(session, "FEW")).discount_total == 25


@pytest.mark.spec("DSC-1")
async def test_a_failed_order_keeps_its_use_and_is_named(session: AsyncSession, goods: None) -> None:
    await make_rule(session, voucher="ONE", limit_total=1)
    await make_rule(session, voucher="MINE", limit_per_client=1)
    failed = await enter(session, "ONE", "MINE")
    failed_id, number = failed.id, failed.number

    async def messages() -> list[str]:
        with pytest.raises(Invalid) as raised:
            async with session.begin_nested():
                await enter(session, "ONE", "MINE")
        assert [problem.code for problem in raised.value.problems] == ["USED_UP", "USED_BY_CLIENT"]
        return [problem.message for problem in raised.value.problems]

    assert not any(str(number) in message for message in await messages())
    await move(session, await accounted(session, failed_id), Status.FAILED)
    assert all(f"The failed order {number} holds a use" in message for message in await messages())
    await move(session, await accounted(session, failed_id), Status.CANCELLED)
    assert (await enter(session, "ONE", "MINE")).discount_total == 50


@pytest.mark.spec("DSC-1")
async def test_a_rule_without_voucher_that_is_used_up_simply_does_not_apply(session: AsyncSession, goods: None) -> None:
    await make_rule(session, "20", limit_total=1, stacks=False)
    await make_rule(session, "10")
    assert [(await enter(session)).discount_total for _ in range(2)] == [50, 25]


@pytest.mark.spec("ORD-11")
async def test_a_test_order_uses_nothing_up(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, voucher="ONE", limit_total=1)
    tried = await enter(session, "ONE", test=True)
    assert (tried.discount_total, [one.test for one in await log_of(session, tried)]) == (25, [True, True])
    tried = await edit(session, tried, EditedLine(line=tried.lines[0].id, quantity=Decimal(1)))
    assert (tried.discount_total, [one.test for one in await log_of(session, tried)]) == (10, [True])
    assert await uses(session, rule) == 0
    await enter(session, "ONE")
    assert await refusal(session, "ONE", test=True) == [("vouchers.0", "USED_UP")]


async def edit(session: AsyncSession, order: Order, *lines: EditedLine) -> Order:
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, contents=EditedContents(lines=lines)))
    await proven(session, order)
    return await accounted(session, order.id)


@pytest.mark.spec("DSC-2")
@pytest.mark.spec("ORD-7")
async def test_an_edit_finds_the_discounts_anew(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, voucher="BIG", minimum_order_value=Decimal(200), limit_total=1, limit_per_client=1)
    order = await enter(session, "BIG")
    mug = order.lines[0]
    order = await edit(session, order, EditedLine(line=mug.id, quantity=Decimal(3)))
    assert (order.discount_total, await uses(session, rule)) == (30, 1), "its own use does not stand in its way"
    order = await edit(session, order, EditedLine(sku="CUP", quantity=Decimal(1)))
    assert (order.discount_total, await uses(session, rule)) == (0, 0)
    assert order.vouchers == [{"code": "BIG", "rule": str(rule.id), "why": "BELOW_MINIMUM"}]
    assert (await history(session, order))[-1].data["vouchers"] == order.vouchers
    assert (await enter(session, "BIG")).discount_total == 25, "what an order does not use any more, another can"
    order = await edit(session, order, EditedLine(sku="MUG", quantity=Decimal(2)))
    assert order.vouchers == [{"code": "BIG", "rule": str(rule.id), "why": "USED_UP"}]


async def test_an_order_keeps_a_campaign_that_ended_since(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, "10")
    order = await enter(session)
    rule.ends_at = order.created_at + timedelta(microseconds=1)
    await session.flush()
    order = await edit(session, order, EditedLine(line=order.lines[0].id, quantity=Decimal(1)))
    assert order.discount_total == 10
    assert (await enter(session)).discount_total == 0


@pytest.mark.spec("ORD-10")
async def test_what_a_store_sent_keeps_its_own_discounts(session: AsyncSession, goods: None) -> None:
    await make_rule(session, "50")
    order = await make_order(session, 1)
    assert order.vouchers is None
    order = await edit(session, order, EditedLine(line=order.lines[0].id, quantity=Decimal(2)))
    assert (order.discount_total, await log_of(session, order)) == (0, [])
    with pytest.raises(Invalid) as raised:
        await apply_voucher(session, OPERATOR, ChangeVoucher(order_id=order.id, code="ANY"))
    assert raised.value.problems[0].code == "NOT_OURS"


async def change(session: AsyncSession, use_case: Any, order: Order, code: str, version: int | None = None) -> Order:
    await use_case(session, OPERATOR, ChangeVoucher(order_id=order.id, code=code, expected_version=version))
    await proven(session, order)
    return await accounted(session, order.id)


@pytest.mark.spec("DSC-1")
async def test_a_voucher_is_entered_later_and_taken_off_again(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, voucher="Promo", limit_total=1)
    order = await enter(session)
    order = await change(session, apply_voucher, order, "promo", version=1)
    assert (order.discount_total, order.version, await uses(session, rule)) == (25, 2, 1)
    entry = (await history(session, order))[-1]
    assert (entry.kind, entry.data["before"]["totals"]["discount_total"]) == ("vouchers_changed", "0.00")
    with pytest.raises(StaleVersion):
        await change(session, remove_voucher, order, "PROMO", version=1)
    order = await change(session, remove_voucher, order, "PROMO", version=2)
    assert (order.discount_total, order.vouchers, await uses(session, rule)) == (0, [], 0)


@pytest.mark.spec("DSC-1")
async def test_a_voucher_that_cannot_be_entered_later_changes_nothing(session: AsyncSession, goods: None) -> None:
    await make_rule(session, voucher="OLD", ends_at=NOW - timedelta(hours=1))
    await make_rule(session, voucher="OK")
    order = await enter(session, "OK")
    late = await enter(session, "OK")
    await move(session, late, Status.CANCELLED)
    for use_case, one, code, problem in (
        (apply_voucher, order.id, "OLD", ("code", "EXPIRED")),
        (apply_voucher, order.id, "NONE", ("code", "UNKNOWN_VOUCHER")),
        (apply_voucher, order.id, "ok ", ("code", "TWICE")),
        (apply_voucher, order.id, "\x00", ("code", "NOT_A_TEXT")),
        (remove_voucher, order.id, "NONE", ("code", "UNKNOWN_VOUCHER")),
        (remove_voucher, late.id, "OK", ("id", "CONFIRMED")),
        (apply_voucher, late.id, "OLD", ("id", "CONFIRMED")),
    ):
        before = await snapshot(session)
        with pytest.raises(Invalid) as raised:
            async with session.begin_nested():
                await use_case(session, OPERATOR, ChangeVoucher(order_id=one, code=code))
        [found] = raised.value.problems
        assert (".".join(found.path), found.code) == problem
        assert await snapshot(session) == before


async def test_an_old_voucher_that_stopped_does_not_stand_in_the_way_of_a_new_one(
    session: AsyncSession, goods: None
) -> None:
    rule = await make_rule(session, voucher="OLD")
    await make_rule(session, "20", voucher="NEW")
    order = await enter(session, "OLD")
    rule.archived_at = utc_now()
    await session.flush()
    order = await change(session, apply_voucher, order, "NEW")
    assert order.discount_total == 50
    assert [(one["code"], one["why"]) for one in order.vouchers or ()] == [("OLD", "UNKNOWN_VOUCHER"), ("NEW", None)]


@pytest.mark.spec("DSC-3")
async def test_two_customers_become_one_with_the_uses_of_both(session: AsyncSession, goods: None) -> None:
    keep, drop = await make_customer(session), await make_customer(session)
    rule = await make_rule(session, voucher="MINE", clients=[drop.id], limit_per_client=1)
    order = await enter(session, "MINE", customer=OrderCustomer(id=drop.id))
    await merge_customers(session, OPERATOR, keep.id, drop.id)
    assert await session.scalar(select(TradeDiscount.clients).where(TradeDiscount.id == rule.id)) == [keep.id]
    assert await session.scalar(select(DiscountUse.customer_id)) == keep.id
    keep_id = keep.id
    logged = select(DiscountLog.customer_id).where(DiscountLog.order_id == order.id)
    assert set(await session.scalars(logged)) == {keep_id}
    assert await refusal(session, "MINE", customer=OrderCustomer(id=keep_id)) == [("vouchers.0", "USED_BY_CLIENT")]


@pytest.mark.spec("DSC-2")
async def test_the_number_of_statements_does_not_grow_with_lines_and_rules(
    session: AsyncSession, engine: AsyncEngine, goods: None
) -> None:
    """And a house without rules is asked nothing about them."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)

    async def cost(lines: int, *vouchers: str) -> int:
        ordered = [OrderedLine("MUG", Decimal(1))] * lines
        command = CreateOrder(channel="manual", lines=ordered, customer=BUYER, vouchers=vouchers)
        seen.clear()
        await create_order(session, OPERATOR, command)
        return len(seen)

    try:
        await cost(1)
        without = await cost(1)
        few = []
        for number in range(2):
            await make_rule(session, voucher=f"V{number}", limit_total=9)
            await make_rule(session, "1", item_groups=[UUID(int=number)])
            few.append(await cost(1 + 9 * number, *(f"V{n}" for n in range(number + 1))))
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
    assert few == [without + 4] * 2, "the rules, the groups, the lock, the uses"


@pytest.mark.spec("DSC-2")
async def test_the_same_order_gets_the_same_wherever_it_is_entered(session: AsyncSession, goods: None) -> None:
    await make_rule(session, "7.77")
    await make_rule(session, "33.33", formal=Formal.AMOUNT, voucher="GIFT")
    outcomes = []
    for connector in ("manual", "api", "portal", "woocommerce"):
        channel = await make_channel(session, connector=connector)
        order = await enter(session, "GIFT", channel=channel.slug)
        outcomes.append((discounts(order), order.tax_total, order.total))
    assert outcomes == outcomes[:1] * 4


@pytest.mark.spec("DSC-1")
async def test_rules_are_those_of_the_time_when_the_order_was_placed(session: AsyncSession, goods: None) -> None:
    """An agent who enters yesterday's call today gives yesterday's campaign."""
    await make_rule(session, "10", starts_at=NOW - 2 * DAY, ends_at=NOW - DAY)
    assert (await enter(session)).discount_total == 0
    order = await enter(session, placed_at=NOW - DAY - timedelta(seconds=1))
    assert order.discount_total == 25
    order = await edit(session, order, EditedLine(line=order.lines[0].id, quantity=Decimal(1)))
    assert order.discount_total == 10


@pytest.mark.spec("DSC-1")
async def test_a_voucher_is_judged_when_it_is_entered_and_stays_valid(session: AsyncSession, goods: None) -> None:
    """Whenever the order was placed: nobody brings an expired voucher back, and goodwill needs no new order."""
    await make_rule(session, voucher="OLD", starts_at=NOW - 9 * DAY, ends_at=NOW - DAY)
    fresh = await make_rule(session, voucher="FRESH", starts_at=NOW - timedelta(hours=1))
    assert await refusal(session, "OLD", placed_at=NOW - 5 * DAY) == [("vouchers.0", "EXPIRED")]
    order = await enter(session, placed_at=NOW - 2 * DAY)
    key = order.id
    with pytest.raises(Invalid) as raised:
        async with session.begin_nested():
            await change(session, apply_voucher, order, "OLD")
    assert [problem.code for problem in raised.value.problems] == ["EXPIRED"]
    order = await change(session, apply_voucher, await accounted(session, key), "FRESH")
    assert order.discount_total == 25
    assert (await enter(session, "FRESH", placed_at=NOW - 2 * DAY)).discount_total == 25
    fresh.ends_at = utc_now()
    await session.flush()
    order = await edit(session, order, EditedLine(line=order.lines[0].id, quantity=Decimal(1)))
    assert (order.discount_total, order.vouchers) == (10, [{"code": "FRESH", "rule": str(fresh.id), "why": None}])
    assert await refusal(session, "FRESH") == [("vouchers.0", "EXPIRED")]


async def test_a_code_that_went_to_another_rule_is_a_new_voucher(session: AsyncSession, goods: None) -> None:
    first = await make_rule(session, voucher="CODE")
    order = await enter(session, "CODE")
    first.archived_at = utc_now()
    await session.flush()
    await make_rule(session, "90", voucher="CODE", starts_at=NOW + DAY)
    order = await edit(session, order, EditedLine(line=order.lines[0].id, quantity=Decimal(1)))
    assert (order.discount_total, [one["why"] for one in order.vouchers or ()]) == (0, ["NOT_STARTED"])


@pytest.mark.spec("ORD-10")
async def test_only_who_may_change_settings_enters_orders_of_long_ago(session: AsyncSession, goods: None) -> None:
    agent = replace(OPERATOR, permissions=OPERATOR.permissions - {Permission.SETTINGS_EDIT})
    lines = [OrderedLine("MUG", Decimal(1))]

    def placed(days: int) -> CreateOrder:
        return CreateOrder(channel="manual", lines=lines, customer=BUYER, placed_at=utc_now() - timedelta(days=days))

    with pytest.raises(Invalid) as raised:
        await create_order(session, agent, placed(91))
    assert [(one.path, one.code) for one in raised.value.problems] == [(("placedAt",), "TOO_OLD")]
    await create_order(session, agent, placed(89))
    await create_order(session, OPERATOR, placed(91))


@pytest.mark.spec("DSC-2")
@pytest.mark.spec("ORD-10")
async def test_fees_that_a_discount_leaves_below_zero_are_refused(session: AsyncSession, goods: None) -> None:
    await make_rule(session, "90")
    fee = Fee(Decimal(-100), None, "Goodwill")
    assert await refusal(session, fees=[fee]) == [("fees", "OUT_OF_RANGE")]


@pytest.mark.spec("SYN-8")
async def test_a_store_that_tells_the_lines_takes_the_discounts_over(session: AsyncSession, goods: None) -> None:
    rule = await make_rule(session, voucher="OWN")
    order = await enter(session, "OWN")
    told = replace(
        incoming(line("MUG", price="80.00")), discounts=(IncomingDiscount(code="THEIRS", amount=Decimal(5)),)
    )
    assert told.lines[0].external_id is not None
    await write_lines(session, order, told, {told.lines[0].external_id: None})
    await session.flush()
    assert (order.vouchers, await log_of(session, order), await uses(session, rule)) == (None, [], 0)
    shown = await session.execute(select(OrderDiscount.code, OrderDiscount.amount, OrderDiscount.rule_id))
    assert [tuple(row) for row in shown] == [("THEIRS", 5, None)]


@pytest.mark.spec("DSC-1")
async def test_another_customer_has_other_discounts(session: AsyncSession, goods: None) -> None:
    ana = await make_customer(session)
    await make_rule(session, clients=[ana.id], limit_per_client=1)
    order = await enter(session)
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, customer=OrderCustomer(id=ana.id)))
    await proven(session, order)
    order = await accounted(session, order.id)
    assert order.discount_total == 25
    assert {one.customer_id for one in await log_of(session, order)} == {ana.id}


@pytest.mark.spec("DSC-3")
async def test_whatever_is_done_to_an_order_its_log_is_its_discount(session: AsyncSession, goods: None) -> None:
    """Random rules, edits and vouchers; after each the log, the rules' savings and the lines agree to the ban, and
    history alone tells the totals."""
    chance = Random(20261121)
    for number in range(6):
        percent = chance.random() < 0.5
        await make_rule(
            session,
            str(Decimal(chance.randint(1, 3_000)) / 100),
            formal=Formal.PERCENT if percent else Formal.AMOUNT,
            voucher=f"CODE-{number}" if number % 2 else None,
            stacks=chance.random() < 0.7,
            limit_total=chance.choice([None, 1, 5]),
        )
    order = await enter(session)
    saved = set()
    for _ in range(25):
        lines = [
            EditedLine(
                sku=chance.choice(["MUG", "CUP"]),
                quantity=Decimal(chance.randint(1, 5_000)) / 1_000,
                unit_price=Decimal(chance.randint(0, 99_999)) / 1_000,
            )
            for _ in range(chance.randint(1, 4))
        ]
        code = f"CODE-{chance.choice([1, 3, 5])}"
        entered = {one["code"] for one in order.vouchers or ()}
        if chance.random() < 0.5:
            order = await edit(session, order, *lines)
        else:
            order = await change(session, remove_voucher if code in entered else apply_voucher, order, code)
        saved.add(order.discount_total)
    assert len(saved) > 10, "the cases must try what they are for"
