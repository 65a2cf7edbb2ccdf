"""Rules as they are made and changed: what each wrong field gets, and what cannot stand beside each other."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.groups import delete_product_group
from domain.catalog.models import Product
from domain.customers.groups import delete_customer_group
from domain.discounts.input import UpsertDiscount, input_problems
from domain.discounts.models import Formal, TradeDiscount
from domain.discounts.upsert import ArchiveDiscount, archive_discount, upsert_discount
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from tests.support.builders import OPERATOR, make_channel, make_customer, make_variant
from tests.support.discounts import group_product, put_in_group

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def command(**fields: Any) -> UpsertDiscount:
    return UpsertDiscount(
        **{"name": "Autumn", "starts_at": START, "formal": Formal.PERCENT, "value": Decimal(10), **fields}
    )


async def upsert(session: AsyncSession, **fields: Any) -> TradeDiscount:
    return await upsert_discount(session, OPERATOR, command(**fields))


async def problems_of(session: AsyncSession, **fields: Any) -> list[tuple[str, str]]:
    count = await session.scalar(select(func.count()).select_from(TradeDiscount))
    with pytest.raises(Invalid) as refusal:
        await upsert(session, **fields)
    assert await session.scalar(select(func.count()).select_from(TradeDiscount)) == count
    return [(".".join(problem.path), problem.code) for problem in refusal.value.problems]


AMOUNT = {"formal": Formal.AMOUNT, "currency": "RON"}


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "  "}, ("name", "MISSING")),
        ({"name": "x" * 201}, ("name", "NOT_A_TEXT")),
        ({"name": "x" * 1_000_000}, ("name", "NOT_A_TEXT")),
        ({"name": "a\x00"}, ("name", "NOT_A_TEXT")),
        ({"ends_at": START}, ("endsAt", "REVERSED")),
        ({"ends_at": START - DAY}, ("endsAt", "REVERSED")),
        ({"value": Decimal(0)}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal(-1)}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal("100.01")}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal("0.001")}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal("NaN")}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal("Infinity"), **AMOUNT}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal("0.001"), **AMOUNT}, ("value", "OUT_OF_RANGE")),
        ({"value": Decimal(10) ** 12 + 1, **AMOUNT}, ("value", "OUT_OF_RANGE")),
        ({"formal": Formal.AMOUNT}, ("currency", "MISSING")),
        ({"minimum_order_value": Decimal(5)}, ("currency", "MISSING")),
        ({"minimum_order_value": Decimal(0), "currency": "RON"}, ("minimumOrderValue", "OUT_OF_RANGE")),
        ({"currency": "LEI"}, ("currency", "BAD_CURRENCY")),
        ({"voucher": ""}, ("voucher", "BAD_VOUCHER")),
        ({"voucher": "AB"}, ("voucher", "BAD_VOUCHER")),
        ({"voucher": "A B C"}, ("voucher", "BAD_VOUCHER")),
        ({"voucher": "\x00\x00\x00"}, ("voucher", "BAD_VOUCHER")),
        ({"voucher": "ȘASE"}, ("voucher", "BAD_VOUCHER")),
        ({"voucher": "X" * 51}, ("voucher", "BAD_VOUCHER")),
        ({"limit_total": 0}, ("limitTotal", "OUT_OF_RANGE")),
        ({"limit_total": 100_001}, ("limitTotal", "OUT_OF_RANGE")),
        ({"limit_per_client": -1}, ("limitPerClient", "OUT_OF_RANGE")),
        ({"priority": 1_001}, ("priority", "OUT_OF_RANGE")),
        ({"items": ["X"] * 5_001}, ("items", "TOO_MANY")),
        ({"stores": ["a\x00"]}, ("stores.0", "NOT_A_TEXT")),
        *(
            ({name: []}, (shown, "EMPTY"))
            for name, shown in (
                ("clients", "clients"),
                ("client_groups", "clientGroups"),
                ("items", "items"),
                ("item_groups", "itemGroups"),
                ("channels", "channels"),
                ("stores", "stores"),
            )
        ),
    ],
)
def test_bad_input_names_its_field(fields: dict[str, Any], problem: tuple[str, str]) -> None:
    found = [(".".join(one.path), one.code) for one in input_problems(command(**fields))]
    assert found == [problem]


@pytest.mark.spec("DSC-1")
async def test_all_that_is_unknown_is_named_with_all_that_is_wrong(session: AsyncSession) -> None:
    await make_channel(session, slug="shop-9")
    assert await problems_of(
        session,
        value=Decimal(101),
        clients=[str(UUID(int=7)), "nobody"],
        client_groups=["vip"],
        items=["NONE"],
        item_groups=["none"],
        channels=["manual", "shop-9", "fax"],
        stores=["nowhere"],
    ) == [
        ("value", "OUT_OF_RANGE"),
        ("clientGroups.0", "UNKNOWN_GROUP"),
        ("items.0", "UNKNOWN_SKU"),
        ("itemGroups.0", "UNKNOWN_GROUP"),
        ("stores.0", "UNKNOWN_CHANNEL"),
        ("clients.0", "UNKNOWN_CUSTOMER"),
        ("clients.1", "UNKNOWN_CUSTOMER"),
        ("channels.1", "UNKNOWN_CHANNEL"),
        ("channels.2", "UNKNOWN_CHANNEL"),
    ]


@pytest.mark.spec("DSC-1")
async def test_a_rule_keeps_all_that_it_was_told_and_is_written_anew_as_a_whole(session: AsyncSession) -> None:
    client, mug, shop = await make_customer(session), await make_variant(session, "MUG"), await make_channel(session)
    await put_in_group(session, client, "vip")
    group = await group_product(session, mug)
    made = await upsert(
        session,
        **AMOUNT,
        ends_at=START + DAY,
        minimum_order_value=Decimal(100),
        voucher=" Promo-1 ",
        clients=[str(client.id), str(client.id)],
        client_groups=["vip"],
        items=["MUG"],
        item_groups=[group.slug],
        channels=["woocommerce", "woocommerce"],
        stores=[shop.slug],
        limit_total=5,
        limit_per_client=1,
        stacks=False,
        priority=3,
    )
    rule = (await session.scalars(select(TradeDiscount).execution_options(populate_existing=True))).one()
    assert (rule.id, rule.version, rule.voucher, rule.voucher_key) == (made.id, 1, "Promo-1", "PROMO-1")
    assert (rule.clients, rule.items, rule.item_groups, rule.stores) == ([client.id], [mug.id], [group.id], [shop.id])
    assert (rule.channels, rule.limit_total, rule.priority) == (["woocommerce"], 5, 3)
    again = await upsert(session, id=rule.id, expected_version=1)
    assert (again.version, again.clients, again.voucher, again.limit_total, again.stacks) == (2, [], None, None, True)
    assert (await upsert(session, id=rule.id, expected_version=2)).version == 2, "a repeat changes nothing more"
    with pytest.raises(StaleVersion):
        await upsert(session, id=rule.id, expected_version=1)
    with pytest.raises(NotFound):
        await upsert(session, id=UUID(int=7))


@pytest.mark.spec("DSC-1")
async def test_a_voucher_is_one_rules_in_any_case_until_that_is_archived(session: AsyncSession) -> None:
    first = await upsert(session, voucher="Promo")
    assert await problems_of(session, voucher="PROMO") == [("voucher", "TAKEN")]
    assert (await upsert(session, id=first.id, voucher="promo", value=Decimal(5))).version == 2
    archived = await archive_discount(session, OPERATOR, ArchiveDiscount(discount_id=first.id, expected_version=2))
    again = await archive_discount(session, OPERATOR, ArchiveDiscount(discount_id=first.id, expected_version=2))
    assert (archived.version, again.version) == (3, 3)
    await upsert(session, voucher="PROMO")
    with pytest.raises(Invalid) as refusal:
        await upsert(session, id=first.id)
    assert [(p.path, p.code) for p in refusal.value.problems] == [(("id",), "ARCHIVED")]


@pytest.mark.spec("DSC-1")
@pytest.mark.parametrize(
    ("fields", "meet"),
    [
        ({}, True),
        ({"stacks": True}, False),
        ({"voucher": "CODE"}, False),
        ({"active": False}, False),
        ({"priority": 1}, False),
        ({"starts_at": START + 10 * DAY}, False),
        ({"starts_at": START + 9 * DAY}, True),
        ({"starts_at": START - DAY, "ends_at": START}, False),
        ({"starts_at": START - DAY, "ends_at": START + timedelta(seconds=1)}, True),
        ({"currency": "EUR"}, False),
        ({"channels": ["portal"]}, False),
        ({"channels": ["portal", "manual"]}, True),
        ({"items": ["CUP"]}, False),
        ({"items": ["MUG"], "channels": ["portal"]}, False),
        ({"client_groups": ["vip"]}, True),
    ],
)
async def test_rules_that_leave_open_which_applies_are_refused(
    session: AsyncSession, fields: dict[str, Any], meet: bool
) -> None:
    """One dimension in which two rules cannot meet is enough for them to stand beside each other."""
    await make_variant(session, "MUG")
    await make_variant(session, "CUP")
    await put_in_group(session, await make_customer(session))
    await upsert(
        session,
        name="First",
        stacks=False,
        ends_at=START + 10 * DAY,
        currency="RON",
        channels=["manual"],
        items=["MUG"],
    )
    if not meet:
        await upsert(session, **{"stacks": False, **fields})
        return
    assert await problems_of(session, **{"stacks": False, **fields}) == [("stacks", "OVERLAPS")]


async def test_a_rule_may_be_written_over_itself(session: AsyncSession) -> None:
    rule = await upsert(session, stacks=False)
    assert (await upsert(session, id=rule.id, stacks=False, value=Decimal(11))).version == 2


@pytest.mark.spec("DSC-1")
async def test_a_group_that_a_rule_names_cannot_go(session: AsyncSession) -> None:
    """A rule that named nobody any more would look as if it were for everybody."""
    mug, client = await make_variant(session, "MUG"), await make_customer(session)
    await put_in_group(session, client, "vip")
    group = await group_product(session, mug)
    rule = await upsert(session, client_groups=["vip"], item_groups=[group.slug])
    (await session.get_one(Product, mug.product_id)).group_id = None
    await session.flush()
    for delete_group, slug in ((delete_customer_group, "vip"), (delete_product_group, group.slug)):
        with pytest.raises(Invalid) as refusal:
            await delete_group(session, OPERATOR, slug)
        assert refusal.value.problems[0].code == "IN_USE"
    await archive_discount(session, OPERATOR, ArchiveDiscount(discount_id=rule.id))
    await delete_customer_group(session, OPERATOR, "vip")
    await delete_product_group(session, OPERATOR, group.slug)


@pytest.mark.spec("DSC-1")
async def test_of_two_who_make_the_same_rule_at_once_one_is_told(database: Database) -> None:
    async def attempt(**fields: Any) -> str:
        try:
            async with database.begin() as session:
                await upsert(session, **fields)
                return "made"
        except Invalid as refusal:
            return refusal.problems[0].code

    vouchers = await asyncio.gather(*(attempt(voucher="Promo") for _ in range(4)))
    exclusive = await asyncio.gather(*(attempt(stacks=False) for _ in range(4)))
    assert (Counter(vouchers), Counter(exclusive)) == ({"made": 1, "TAKEN": 3}, {"made": 1, "OVERLAPS": 3})


@pytest.mark.spec("DSC-1")
async def test_of_two_editors_at_once_the_second_is_told(database: Database) -> None:
    async with database.begin() as session:
        rule = await upsert(session)

    async def edit(value: int) -> str:
        try:
            async with database.begin() as session:
                await upsert(session, id=rule.id, expected_version=1, value=Decimal(value))
                return "written"
        except StaleVersion as refusal:
            return refusal.code

    assert Counter(await asyncio.gather(*(edit(value) for value in (11, 12, 13)))) == {"written": 1, "STALE_VERSION": 2}
