"""Writing rules: what a form can send wrong is named, field by field (spec APR-2)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.conditions import Condition
from domain.approvals.models import ApprovalRule, ConditionKind
from domain.approvals.remove_rule import remove_rule
from domain.approvals.upsert_rule import RuleInput, UpsertRule, upsert_rule
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.money import Money
from domain.kernel.refusals import Invalid, NotFound, Refusal, StaleVersion
from tests.support.approvals import make_rule, over
from tests.support.builders import OPERATOR, make_channel

pytestmark = pytest.mark.spec("APR-2")

RULE = RuleInput(name="Big orders", steps=["sales_manager"])
JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
K = ConditionKind


async def told(session: AsyncSession, rule: RuleInput, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        await upsert_rule(session, OPERATOR, UpsertRule(rule=rule, **fields))
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


async def test_every_wrong_field_is_named_at_once(session: AsyncSession) -> None:
    bad = RuleInput(
        name=" ",
        steps=["nobody", "finance", "finance"],
        channels=["nowhere"],
        order_types=["fax"],
        conditions=[
            over("-1", "ron"),
            over("1.001"),
            Condition(kind=K.DISCOUNT_SHARE_OVER, percent=Decimal(101)),
            Condition(kind=K.CUSTOMER_GROUP_IN, words=("ghosts",)),
            Condition(kind=K.PAYMENT_KIND_IN),
            Condition(kind=K.TOTAL_OVER, amount=Money(Decimal("NaN"), "RON")),
        ],
        priority=10**7,
        valid_from=JULY,
        valid_until=JUNE,
    )
    assert await told(session, bad) == [
        ("name", "MISSING"),
        ("steps.0", "UNKNOWN_ROLE"),
        ("steps.2", "TWICE"),
        ("channels.0", "UNKNOWN_CHANNEL"),
        ("orderTypes.0", "UNKNOWN_ORDER_TYPE"),
        ("conditions.0.totalOver.amount", "OUT_OF_RANGE"),
        ("conditions.0.totalOver.currency", "BAD_CURRENCY"),
        ("conditions.1.totalOver.amount", "OUT_OF_RANGE"),
        ("conditions.2.discountShareOver", "OUT_OF_RANGE"),
        ("conditions.3.customerGroupIn.0", "UNKNOWN_GROUP"),
        ("conditions.4.paymentKindIn", "EMPTY"),
        ("conditions.5.totalOver.amount", "OUT_OF_RANGE"),
        ("priority", "OUT_OF_RANGE"),
        ("validFrom", "REVERSED"),
        ("validUntil", "REVERSED"),
    ]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"steps": []}, ("steps", "EMPTY")),
        ({"name": "x" * 201}, ("name", "NOT_A_TEXT")),
        ({"name": "a\x00b"}, ("name", "NOT_A_TEXT")),
        ({"conditions": [over("1")] * 21}, ("conditions", "TOO_MANY")),
        ({"valid_from": JUNE, "valid_until": JUNE}, ("validFrom", "REVERSED")),
    ],
)
async def test_a_field_that_cannot_be(session: AsyncSession, fields: dict[str, Any], problem: tuple[str, str]) -> None:
    assert (await told(session, replace(RULE, **fields)))[0] == problem


async def test_a_rule_is_changed_by_its_version_and_removed(session: AsyncSession) -> None:
    shop = await make_channel(session)
    rule = await make_rule(session, channels=[shop.slug], conditions=[over("10000")])
    same = await upsert_rule(
        session,
        OPERATOR,
        UpsertRule(id=rule.id, rule=replace(RULE, channels=[shop.slug], conditions=[over("10000")])),
    )
    assert same.version == 1
    changed = await upsert_rule(session, OPERATOR, UpsertRule(id=rule.id, rule=RULE, expected_version=1))
    assert (changed.version, changed.channels) == (2, [])
    with pytest.raises(StaleVersion):
        await upsert_rule(session, OPERATOR, UpsertRule(id=rule.id, rule=RULE, expected_version=1))
    with pytest.raises(StaleVersion):
        await remove_rule(session, OPERATOR, rule.id, 1)
    await remove_rule(session, OPERATOR, rule.id, 2)
    for again in (
        remove_rule(session, OPERATOR, rule.id, None),
        upsert_rule(session, OPERATOR, UpsertRule(id=new_id(), rule=RULE)),
    ):
        with pytest.raises(NotFound):
            await again


async def test_an_exclusive_rule_is_alone_at_its_priority(session: AsyncSession) -> None:
    one, other = await make_channel(session), await make_channel(session)
    await make_rule(session, name="First", channels=[one.slug], exclusive=True, valid_from=JUNE, valid_until=JULY)
    assert await told(session, RULE) == [("exclusive", "OVERLAPS")]
    assert await told(session, replace(RULE, channels=[one.slug, other.slug])) == [("exclusive", "OVERLAPS")]
    for free in ({"priority": 1}, {"channels": [other.slug]}, {"valid_from": JULY}, {"active": False}):
        await upsert_rule(session, OPERATOR, UpsertRule(rule=replace(RULE, **free)))  # type: ignore[arg-type]
    mine = await make_rule(session, name="Mine", priority=7, exclusive=True)
    assert (await upsert_rule(session, OPERATOR, UpsertRule(id=mine.id, rule=replace(RULE, priority=7)))).version == 2


async def test_of_two_exclusive_rules_at_once_one_is_refused(database: Database) -> None:
    async def write() -> str:
        try:
            async with database.begin() as session:
                await upsert_rule(session, OPERATOR, UpsertRule(rule=replace(RULE, exclusive=True)))
                return "written"
        except Refusal as refusal:
            return refusal.code

    assert sorted(await asyncio.gather(write(), write(), write())) == ["INVALID", "INVALID", "written"]
    async with database.begin() as session:
        assert len((await session.scalars(ApprovalRule.__table__.select())).all()) == 1
