"""Estimates: offered, changed, taken back, and accepted once."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.customers.models import Customer
from domain.estimates.models import Estimate, EstimateState
from domain.flows.accept_estimate import AcceptEstimate, accept_estimate
from domain.flows.buyers import OrderCustomer
from domain.flows.charge_input import Fee
from domain.flows.estimate import (
    CancelEstimate,
    CreateEstimate,
    UpdateEstimate,
    cancel_estimate,
    create_estimate,
    update_estimate,
)
from domain.flows.estimate_input import Offered
from domain.flows.order_input import OrderedLine
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.orders.models import Order
from domain.orders.status import Status
from tests.domain.flows.moving import history, proven
from tests.support.builders import ADDRESS, OPERATOR, make_channel, make_variant
from tests.support.snapshot import snapshot

pytestmark = pytest.mark.spec("ORD-11")

ANA = OrderCustomer(name="Ana Pop", email="ana@example.com")


def offered(**fields: Any) -> Offered:
    return Offered(**{"customer": ANA, "lines": [OrderedLine("MUG", Decimal(3))], **fields})


async def ensure_mug(session: AsyncSession) -> None:
    if await session.scalar(select(Variant.id).where(Variant.sku == "MUG")) is None:
        await make_variant(session, "MUG", price="10.00", vat_rate="21", stock=50)


async def estimate_of(session: AsyncSession, channel: str = "manual", **fields: Any) -> Estimate:
    await ensure_mug(session)
    return await create_estimate(session, OPERATOR, CreateEstimate(offered=offered(**fields), channel=channel))


async def problems_of(session: AsyncSession, work: Any) -> list[tuple[str, str]]:
    before = await snapshot(session)
    with pytest.raises(Invalid) as refusal:
        async with session.begin_nested():
            await work
    assert await snapshot(session) == before
    return [(".".join(one.path), one.code) for one in refusal.value.problems]


def accept(session: AsyncSession, estimate: Estimate, **fields: Any) -> Any:
    return accept_estimate(session, OPERATOR, AcceptEstimate(estimate_id=estimate.id, **fields))


def update(session: AsyncSession, estimate: Estimate, version: int | None = None, **fields: Any) -> Any:
    command = UpdateEstimate(estimate_id=estimate.id, expected_version=version, offered=Offered(**fields))
    return update_estimate(session, OPERATOR, command)


def cancel(session: AsyncSession, estimate: Estimate) -> Any:
    return cancel_estimate(session, OPERATOR, CancelEstimate(estimate_id=estimate.id, reason="too dear"))


@pytest.mark.spec("ORD-8")
@pytest.mark.spec("ORD-10")
async def test_an_estimate_becomes_an_order_at_its_prices_with_one_action(session: AsyncSession) -> None:
    estimate = await estimate_of(
        session,
        lines=[OrderedLine("MUG", Decimal(3), Decimal("9.123456")), OrderedLine("MUG", Decimal(1))],
        fees=[Fee(Decimal("2.50"), title="Gift")],
        shipping_fee=Fee(Decimal("15.00"), Decimal(21)),
        seller="eva",
        shipping=ADDRESS,
        payment_method="bank transfer",
        note="by Friday",
        buyer_tax_id="RO1",
    )
    assert [(line.sku, line.subtotal, line.total) for line in estimate.lines] == [
        ("MUG", Decimal("27.37"), Decimal("33.12")),
        ("MUG", Decimal("10.00"), Decimal("12.10")),
    ]
    assert (estimate.total, estimate.valid_until) == (Decimal("65.87"), utc_now().date() + timedelta(days=30))
    order = await proven(session, await accept(session, estimate, expected_version=1))
    assert (order.status, order.total, order.seller, order.note) == (Status.DRAFT, estimate.total, "eva", "by Friday")
    assert [line.unit_price for line in order.lines] == [Decimal("9.123456"), Decimal("10")]
    assert (order.shipping, order.buyer_tax_id, order.customer_id) == (ADDRESS, "RO1", estimate.customer_id)
    assert (estimate.state, estimate.order_id, estimate.version) == (EstimateState.ACCEPTED, order.id, 2)
    [created] = await history(session, order)
    assert created.data["estimate"] == {"id": str(estimate.id), "number": f"EST-{estimate.number}"}


async def test_what_was_decided_stays(session: AsyncSession) -> None:
    accepted, cancelled = await estimate_of(session), await estimate_of(session)
    await accept(session, accepted)
    await cancel(session, cancelled)
    assert (cancelled.state, cancelled.reason) == (EstimateState.CANCELLED, "too dear")
    for estimate in (accepted, cancelled):
        for work in (accept(session, estimate), cancel(session, estimate), update(session, estimate, note="x")):
            assert await problems_of(session, work) == [("id", "NOT_OPEN")]
    assert await session.scalar(select(func.count()).select_from(Order)) == 1


async def test_an_expired_one_is_accepted_once_it_has_another_day(session: AsyncSession) -> None:
    estimate = await estimate_of(session)
    today = utc_now().date()
    estimate.valid_until = today - timedelta(days=1)
    await session.flush()
    assert await problems_of(session, accept(session, estimate)) == [("id", "EXPIRED")]
    assert await problems_of(session, update(session, estimate, note="x")) == [("id", "EXPIRED")]
    assert await problems_of(session, update(session, estimate, valid_until=today - timedelta(days=1))) == [
        ("validUntil", "OUT_OF_RANGE")
    ]
    await update(session, estimate, valid_until=today)
    assert (await accept(session, estimate)).total == estimate.total


async def test_an_update_replaces_what_is_given_and_keeps_the_rest(session: AsyncSession) -> None:
    estimate = await estimate_of(session, fees=[Fee(Decimal(1), title="Gift")], shipping_fee=Fee(Decimal(15)))
    await update(session, estimate, 1, seller="eva", customer=OrderCustomer(name="Dan"))
    assert (estimate.version, estimate.seller, estimate.total) == (2, "eva", Decimal("52.30"))
    assert (await session.get_one(Customer, estimate.customer_id)).name == "Dan"
    await update(session, estimate, 2, lines=[OrderedLine("MUG", Decimal(1), Decimal(5))], fees=[])
    assert (estimate.total, [line.quantity for line in estimate.lines]) == (Decimal("21.05"), [1])
    assert [charge["kind"] for charge in estimate.charges] == ["shipping"]
    with pytest.raises(StaleVersion):
        await update(session, estimate, 2, note="late")
    with pytest.raises(NotFound):
        await update_estimate(session, OPERATOR, UpdateEstimate(estimate_id=new_id(), offered=Offered()))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"lines": []}, ("lines", "EMPTY")),
        ({"lines": [OrderedLine("NONE", Decimal(1))]}, ("lines.0.sku", "UNKNOWN_SKU")),
        ({"lines": [OrderedLine("M\x00", Decimal(1))]}, ("lines.0.sku", "NOT_A_TEXT")),
        ({"lines": [OrderedLine("MUG", Decimal(-1))]}, ("lines.0.quantity", "OUT_OF_RANGE")),
        ({"lines": [OrderedLine("MUG", Decimal(1), Decimal(-1))]}, ("lines.0.unitPrice", "OUT_OF_RANGE")),
        ({"fees": [Fee(Decimal(-999), title="Less")]}, ("fees", "OUT_OF_RANGE")),
        ({"shipping_fee": Fee(Decimal(-1))}, ("shippingFee.amount", "OUT_OF_RANGE")),
        ({"valid_until": date(2001, 1, 1)}, ("validUntil", "OUT_OF_RANGE")),
        ({"valid_until": date(9999, 1, 1)}, ("validUntil", "OUT_OF_RANGE")),
        ({"note": "x" * 1_000_000}, ("note", "NOT_A_TEXT")),
        ({"seller": "\x1b"}, ("seller", "NOT_A_TEXT")),
        ({"shipping": {"planet": "Mars"}}, ("shippingAddress.planet", "UNKNOWN_FIELD")),
        ({"customer": OrderCustomer()}, ("customer.name", "MISSING")),
        ({"customer": OrderCustomer(id=new_id())}, ("customer.id", "UNKNOWN_CUSTOMER")),
    ],
)
async def test_bad_input_names_its_field(
    session: AsyncSession, fields: dict[str, Any], problem: tuple[str, str]
) -> None:
    estimate = await estimate_of(session)
    assert problem in await problems_of(session, estimate_of(session, **fields))
    assert problem in await problems_of(session, update(session, estimate, **fields))


async def test_channels_and_currencies_that_cannot_be(session: AsyncSession) -> None:
    await ensure_mug(session)
    await make_channel(session, slug="closed", enabled=False)
    assert await problems_of(session, estimate_of(session, "closed")) == [("channel", "DISABLED")]
    with pytest.raises(NotFound):
        await estimate_of(session, "nowhere")
    for currency, problem in (("XTS", ("currency", "BAD_CURRENCY")), ("EUR", ("lines.0.unitPrice", "WRONG_CURRENCY"))):
        command = CreateEstimate(offered=offered(), currency=currency)
        assert await problems_of(session, create_estimate(session, OPERATOR, command)) == [problem]


async def test_a_product_that_is_not_sold_any_more_is_named(session: AsyncSession) -> None:
    estimate = await estimate_of(session)
    await make_variant(session, "CUP", price="1.00", active=False)
    estimate.lines[0].sku = "CUP"
    await session.flush()
    assert await problems_of(session, accept(session, estimate)) == [("lines.0.sku", "INACTIVE")]
    assert estimate.state is EstimateState.OPEN
    await update(session, estimate, note="still the old lines")


@pytest.mark.spec("PRE-1")
async def test_for_a_pre_order_the_promise_is_given_on_acceptance(session: AsyncSession) -> None:
    channel = await make_channel(session, connector="pre_order")
    estimate = await estimate_of(session, channel.slug)
    assert await problems_of(session, accept(session, estimate)) == [("promisedOn", "MISSING")]
    later = utc_now().date() + timedelta(days=5)
    assert (await accept(session, estimate, promised_on=later)).promised_on == later


async def test_accepted_by_two_at_once_it_makes_one_order(database: Database) -> None:
    async with database.begin() as session:
        estimate = await estimate_of(session)

    async def agree() -> str:
        try:
            async with database.begin() as session:
                await accept(session, estimate)
        except Invalid as refusal:
            return refusal.problems[0].code
        return "made"

    assert sorted(await asyncio.gather(*(agree() for _ in range(4)))) == ["NOT_OPEN", "NOT_OPEN", "NOT_OPEN", "made"]
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
