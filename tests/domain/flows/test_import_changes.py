"""What the store changes later: only what it changed itself, and only as far as the order may still change."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, ChannelMapping, MappingKind
from domain.diary.models import DiaryEntry, DiaryState
from domain.flows.approval.decide import Decide, approve_order
from domain.flows.gone import order_gone
from domain.flows.import_contents import address_json
from domain.flows.import_order import Outcome
from domain.intake.models import ExternalOrder, InboxState, Source
from domain.intake.types import (
    IncomingAddress,
    IncomingCharge,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
)
from domain.kernel.clock import utc_now
from domain.orders.models import HistoryEntry, Order, PaymentState
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from domain.payments.models import Payment
from domain.payments.record import record_payment
from domain.push.models import StatusPush
from domain.push.outcomes import pushed
from domain.push.wanted import want_status
from tests.domain.flows.moving import move
from tests.support.approvals import make_rule
from tests.support.builders import OPERATOR, load_order, make_channel, make_variant
from tests.support.incoming import (
    SHOP,
    arrive,
    bring,
    bring_one,
    import_arrivals,
    incoming,
    item,
    later,
    line,
    map_cod,
    rules_of,
)
from tests.support.shipping import make_account, make_packed, make_shipment

OFFICE = IncomingAddress(name="Ion Popescu", street="Bd. Unirii 5", city="București", county="B", country="RO")


@pytest.fixture
async def shop(session: AsyncSession) -> Channel:
    channel = await make_channel(session)
    await map_cod(session, channel)
    return channel


async def placed(
    session: AsyncSession, shop: Channel, told: IncomingOrder | None = None
) -> tuple[IncomingOrder, Order]:
    """An order that was imported."""
    told = told or incoming(line(None, variant=None))
    outcome = await bring_one(session, shop, told)
    assert outcome.state is InboxState.IMPORTED
    return told, await load_order(session, outcome.order_id)


async def entries(session: AsyncSession, state: DiaryState | None = None) -> dict[str, DiaryState]:
    rows = await session.execute(select(DiaryEntry.cause, DiaryEntry.state).order_by(DiaryEntry.at))
    return {row.cause: row.state for row in rows if state is None or row.state is state}


async def kinds(session: AsyncSession, order: Order) -> list[str]:
    query = select(HistoryEntry.kind).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq)
    return list(await session.scalars(query))


# What is news


@pytest.mark.spec("SYN-4")
async def test_the_same_again_is_a_duplicate(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    again = await bring(session, shop, told, told, replace(told, version="2026-07-02T00:00:00"))
    assert {one.state for one in again} == {InboxState.DUPLICATE}
    assert {one.order_id for one in again} == {order.id}
    assert await kinds(session, order) == ["order_created"]
    # The later version is remembered, so that an older change that comes after it is old.
    late = await bring_one(session, shop, later(told, "2026-07-01T18:00:00", note="old"))
    assert late.state is InboxState.SUPERSEDED


@pytest.mark.spec("SYN-4")
async def test_a_then_b_then_a_again_ends_at_a(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop, incoming(line(None, variant=None), note="A"))
    for version, note in (("2026-07-01T13:00:00", "B"), ("2026-07-01T14:00:00", "A")):
        outcome = await bring_one(session, shop, later(told, version, note=note))
        assert outcome.state is InboxState.IMPORTED
        assert (await load_order(session, order.id)).note == note


@pytest.mark.spec("SYN-4")
async def test_an_older_version_after_a_newer_one_is_superseded(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    await bring_one(session, shop, later(told, "2026-07-01T15:00:00", note="new"))
    old = await bring_one(session, shop, later(told, "2026-07-01T14:00:00", note="old"))
    assert old.state is InboxState.SUPERSEDED
    assert (await load_order(session, order.id)).note == "new"
    assert await entries(session) == {"superseded": DiaryState.IGNORED}


@pytest.mark.spec("SYN-4")
async def test_all_states_of_an_order_in_one_batch_come_one_after_the_other(
    session: AsyncSession, shop: Channel
) -> None:
    told = incoming(line(None, variant=None))
    outcomes = await bring(
        session, shop, told, later(told, "2026-07-01T15:00:00", note="3"), told, later(told, note="2")
    )
    assert [one.state.value for one in outcomes] == ["imported", "imported", "superseded", "superseded"]
    assert (await load_order(session, outcomes[0].order_id)).note == "3"


@pytest.mark.spec("SYN-4")
@pytest.mark.parametrize("source", [Source.WEBHOOK, Source.POLL])
async def test_two_states_of_one_version_are_decided_by_the_store(
    session: AsyncSession, shop: Channel, source: Source
) -> None:
    told, order = await placed(session, shop)
    twin = replace(told, note="same second")
    [arrival] = await arrive(session, shop, twin, source=source)
    [unclear] = await import_arrivals(session, shop, [arrival])
    assert unclear.need_fetch
    assert (await item(session, arrival.item_id)).state is InboxState.RECEIVED
    assert (await load_order(session, order.id)).note is None
    [decided] = await import_arrivals(session, shop, [replace(arrival, authoritative=True)])
    assert (decided.state, decided.need_fetch) == (InboxState.IMPORTED, False)
    assert (await load_order(session, order.id)).note == "same second"


async def test_a_sku_that_was_renamed_or_a_product_deleted_there_changes_nothing(
    session: AsyncSession, shop: Channel
) -> None:
    cup = await make_variant(session, "CUP")
    told, order = await placed(session, shop, incoming(line("CUP", variant="7")))
    bare = replace(told.lines[0], sku=None, variant=None)
    for version, changed in (("2026-07-02", replace(told.lines[0], sku="RENAMED")), ("2026-07-03", bare)):
        outcome = await bring_one(session, shop, later(told, version, lines=(changed,)))
        assert outcome.state is InboxState.DUPLICATE
    [kept] = (await load_order(session, order.id)).lines
    assert (kept.variant_id, kept.sku) == (cup.id, "CUP")


# Before confirmation


@pytest.mark.spec("SYN-8")
async def test_before_confirmation_lines_charges_and_address_are_applied(session: AsyncSession, shop: Channel) -> None:
    cup, bowl = await make_variant(session, "CUP"), await make_variant(session, "BOWL")
    told, order = await placed(session, shop, incoming(line("CUP", 2), line("CUP", 1)))
    first, second = told.lines
    version, line_id = order.version, order.lines[0].id
    more = replace(first, quantity=Decimal(5), subtotal=Decimal(500), total=Decimal(500), tax=Decimal(105))
    shipping = IncomingCharge(kind="shipping", title="Courier", amount=Decimal(10), tax=Decimal("2.10"))
    change = later(told, lines=(more, line("BOWL")), charges=(shipping,), shipping=OFFICE)
    change = replace(change, total=change.total + Decimal("12.10"))
    assert (await bring_one(session, shop, change)).state is InboxState.IMPORTED
    new = await load_order(session, order.id)
    assert [(one.variant_id, one.quantity) for one in new.lines] == [(cup.id, 5), (bowl.id, 1)]
    assert new.lines[0].id == line_id
    assert (new.total, new.shipping_total) == (change.total, Decimal(10))
    assert new.shipping == address_json(OFFICE)
    assert new.version == version + 1
    assert await kinds(session, order) == ["order_created", "lines_changed", "address_changed"]
    history = (await session.scalars(select(HistoryEntry).where(HistoryEntry.order_id == order.id))).all()
    assert rebuild(history).totals.total == rebuild(history).summed.total == new.total
    diff = history[2].data["shipping"]
    assert (diff["from"]["city"], diff["to"]["city"]) == ("Brașov", "București")
    assert second.external_id not in {one.external_id for one in new.lines}


@pytest.mark.spec("SYN-8")
@pytest.mark.spec("APR-3")
async def test_a_change_asks_for_approval_again(session: AsyncSession, shop: Channel) -> None:
    await make_rule(session)
    told, order = await placed(session, shop)
    assert order.approve_status == 0
    order = await approve_order(session, OPERATOR, Decide(order_id=order.id, expected_version=order.version))
    assert order.approve_status == 1
    await bring_one(session, shop, later(told, note="please wrap it"))
    assert (await load_order(session, order.id)).approve_status == 0


@pytest.mark.spec("SYN-8")
async def test_an_operators_edit_survives_a_change_of_something_else(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    order.shipping = {"street": "Corrected 1", "city": "Brașov"}
    await session.flush()
    await bring_one(session, shop, later(told, note="new note"))
    new = await load_order(session, order.id)
    assert (new.shipping, new.note) == ({"street": "Corrected 1", "city": "Brașov"}, "new note")
    assert await entries(session) == {}


@pytest.mark.spec("SYN-8")
async def test_a_field_changed_on_both_sides_is_a_conflict_and_ours_is_kept(
    session: AsyncSession, shop: Channel
) -> None:
    told, order = await placed(session, shop)
    order.shipping = {"street": "Corrected 1", "city": "Brașov"}
    await session.flush()
    await bring_one(session, shop, later(told, shipping=OFFICE, note="and a note"))
    new = await load_order(session, order.id)
    assert (new.shipping["street"], new.note) == ("Corrected 1", "and a note")
    assert await entries(session) == {"conflict:shipping": DiaryState.OPEN}
    # The store comes round to what we have: nothing is open any more.
    ours = IncomingAddress(street="Corrected 1", city="Brașov")
    await bring_one(session, shop, later(told, "2026-07-03", shipping=ours, note="and a note"))
    assert await entries(session) == {"conflict:shipping": DiaryState.RESOLVED}


@pytest.mark.spec("SYN-8")
async def test_both_sides_making_the_same_change_is_no_conflict(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    order.note = "agreed"
    await session.flush()
    await bring_one(session, shop, later(told, note="agreed"))
    assert await entries(session) == {}
    assert await kinds(session, order) == ["order_created"]


@pytest.mark.spec("SYN-3")
async def test_a_change_to_an_unknown_product_waits_and_the_order_stays(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    outcome = await bring_one(session, shop, later(told, lines=(*told.lines, line("NEW-1")), payment_method="card"))
    assert (outcome.state, set(outcome.causes)) == (InboxState.WAITING, {"sku:NEW-1", "payment_method:card"})
    assert outcome.order_id == order.id
    assert len((await load_order(session, order.id)).lines) == 1


# After confirmation, and after hand-over


async def confirmed(session: AsyncSession, shop: Channel) -> tuple[IncomingOrder, Order]:
    await make_variant(session, "CUP", stock=5)
    told, order = await placed(session, shop, incoming(line("CUP", 2)))
    return told, await move(session, order, Status.CONFIRMED)


async def shipped(session: AsyncSession, shop: Channel) -> tuple[IncomingOrder, Order]:
    told, order = await confirmed(session, shop)
    await make_shipment(session, await make_packed(session, order), await make_account(session))
    return told, await load_order(session, order.id)


@pytest.mark.spec("SYN-8")
async def test_after_confirmation_a_change_is_proposed_and_not_applied(session: AsyncSession, shop: Channel) -> None:
    told, order = await confirmed(session, shop)
    version = order.version
    change = later(told, lines=(replace(told.lines[0], quantity=Decimal(3)),), shipping=OFFICE)
    assert (await bring_one(session, shop, change)).state is InboxState.IMPORTED
    new = await load_order(session, order.id)
    assert (new.lines[0].quantity, new.shipping["city"], new.version) == (2, "Brașov", version)
    assert await entries(session) == {"change:shipping": DiaryState.OPEN, "change:lines": DiaryState.OPEN}
    proposal = (await session.scalars(select(HistoryEntry).where(HistoryEntry.kind == "change_proposed"))).one()
    assert proposal.data["changes"]["shipping"]["to"]["city"] == "București"
    # Told again, it is not proposed again; taken back there, nothing is open.
    assert (await bring_one(session, shop, change)).state is InboxState.DUPLICATE
    await bring_one(session, shop, replace(told, version="2026-07-04"))
    assert set((await entries(session)).values()) == {DiaryState.RESOLVED}


@pytest.mark.spec("SYN-8")
async def test_after_hand_over_a_change_is_information(session: AsyncSession, shop: Channel) -> None:
    told, order = await shipped(session, shop)
    assert order.status is Status.SHIPPING
    await bring_one(session, shop, later(told, shipping=OFFICE))
    assert (await load_order(session, order.id)).shipping["city"] == "Brașov"
    assert await entries(session) == {"change:shipping": DiaryState.IGNORED}
    assert "changed_there" in await kinds(session, order)


@pytest.mark.spec("ORD-4")
async def test_a_total_that_sinks_to_what_was_paid_ends_the_waiting(session: AsyncSession, shop: Channel) -> None:
    one, other = line(None, variant=None), line(None, variant=None)
    told, order = await placed(session, shop, incoming(one, other, status="on-hold"))
    await record_payment(session, order, OPERATOR, Decimal("121.00"))
    assert (await load_order(session, order.id)).status is Status.PENDING_PAYMENT
    await bring_one(session, shop, later(told, lines=(one,)))
    order = await load_order(session, order.id)
    assert (order.total, order.payment_state, order.status) == (Decimal("121.00"), PaymentState.PAID, Status.PAID)


# Statuses


@pytest.mark.spec("SYN-5")
@pytest.mark.spec("SYN-8")
async def test_an_operators_address_survives_the_echo_of_our_own_push(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop, incoming(line(None, variant=None), status="on-hold"))
    order.shipping = {"street": "Corrected 1", "city": "Brașov"}
    order = await move(session, order, Status.CANCELLED)
    assert await want_status(session, order, (await rules_of(session, shop)).statuses_out)
    assert not await pushed(session, order.id, "cancelled", "2026-07-01T13:30:00", True, [])
    events = await kinds(session, order)
    echo = await bring_one(session, shop, later(told, "2026-07-01T13:30:00", status="cancelled"))
    assert (echo.state, echo.reason) == (InboxState.DUPLICATE, "nothing that is kept here was changed")
    assert await kinds(session, order) == events
    assert (await load_order(session, order.id)).shipping["street"] == "Corrected 1"
    assert await entries(session) == {}


@pytest.mark.spec("SYN-5")
async def test_a_late_echo_of_an_earlier_push_is_known_by_its_version(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop, incoming(line(None, variant=None), status="on-hold"))
    await pushed(session, order.id, "processing", "2026-07-01T13:30:00", True, [])
    await pushed(session, order.id, "completed", "2026-07-01T13:40:00", True, [])
    await bring_one(session, shop, later(told, "2026-07-01T13:30:00", status="processing"))
    assert (await load_order(session, order.id)).status is Status.PENDING_PAYMENT
    assert await entries(session) == {}
    await bring_one(session, shop, later(told, "2026-07-01T13:50:00", status="failed"))
    assert (await load_order(session, order.id)).status is Status.FAILED


@pytest.mark.spec("SYN-5")
async def test_the_echo_may_come_before_the_answer_of_the_push(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    order = await move(session, order, Status.CANCELLED)
    await want_status(session, order, (await rules_of(session, shop)).statuses_out)
    assert (await bring_one(session, shop, later(told, status="cancelled"))).state is InboxState.DUPLICATE
    assert await entries(session) == {}


@pytest.mark.spec("ORD-4")
@pytest.mark.spec("SYN-5")
async def test_a_cancel_in_the_store_after_confirmation_cancels_here(session: AsyncSession, shop: Channel) -> None:
    told, order = await confirmed(session, shop)
    assert (await bring_one(session, shop, later(told, status="cancelled"))).state is InboxState.IMPORTED
    new = await load_order(session, order.id)
    assert new.status is Status.CANCELLED
    last = (
        await session.scalars(
            select(HistoryEntry).where(HistoryEntry.kind == "status_changed").order_by(HistoryEntry.seq)
        )
    ).all()[-1]
    assert (last.actor, last.reason) == (SHOP.label, "cancelled in the store")
    # Nothing is pushed back: the store said it.
    assert not await want_status(session, new, (await rules_of(session, shop)).statuses_out)
    assert await entries(session) == {}


@pytest.mark.spec("ORD-4")
async def test_a_cancel_in_the_store_after_the_awb_is_a_task_and_no_move(session: AsyncSession, shop: Channel) -> None:
    told, order = await shipped(session, shop)
    await bring_one(session, shop, later(told, status="cancelled"))
    assert (await load_order(session, order.id)).status is Status.SHIPPING
    assert await entries(session) == {f"cancelled_there:{told.external_id}": DiaryState.OPEN}
    # The store takes it back: the task is done.
    await bring_one(session, shop, later(told, "2026-07-05", status="processing"))
    assert await entries(session) == {f"cancelled_there:{told.external_id}": DiaryState.RESOLVED}


@pytest.mark.spec("SYN-5")
@pytest.mark.parametrize(
    ("first", "then", "ours"),
    [
        ("processing", "on-hold", Status.PENDING_PAYMENT),
        ("on-hold", "failed", Status.FAILED),
        ("failed", "processing", Status.PROCESSING),
        ("processing", "cancelled", Status.CANCELLED),
    ],
)
async def test_a_status_that_the_store_changed_is_followed(
    session: AsyncSession, shop: Channel, first: str, then: str, ours: Status
) -> None:
    told, order = await placed(session, shop, incoming(line(None, variant=None), status=first))
    await bring_one(session, shop, later(told, status=then))
    assert (await load_order(session, order.id)).status is ours
    push = await session.get(StatusPush, order.id, populate_existing=True)
    assert push is not None and push.known == then


@pytest.mark.spec("SYN-5")
async def test_a_status_that_may_not_be_followed_is_a_task(session: AsyncSession, shop: Channel) -> None:
    told, order = await confirmed(session, shop)
    await bring_one(session, shop, later(told, status="completed"))
    assert (await load_order(session, order.id)).status is Status.CONFIRMED
    assert await entries(session) == {"status_there": DiaryState.OPEN}


@pytest.mark.spec("SYN-5")
async def test_a_store_that_says_go_on_says_nothing_new_of_a_confirmed_order(
    session: AsyncSession, shop: Channel
) -> None:
    await make_variant(session, "CUP", stock=5)
    told, order = await placed(session, shop, incoming(line("CUP"), status="on-hold", payment_method=""))
    await record_payment(session, order, OPERATOR, order.total)
    order = await move(session, await move(session, order, Status.PAID), Status.CONFIRMED)
    await bring_one(session, shop, later(told, status="processing"))
    assert (await load_order(session, order.id)).status is Status.CONFIRMED
    assert await entries(session) == {}


@pytest.mark.spec("SYN-2")
async def test_a_new_status_that_is_not_mapped_waits(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    outcome = await bring_one(session, shop, later(told, status="packed"))
    assert (outcome.state, outcome.causes) == (InboxState.WAITING, ("status:packed",))
    session.add(ChannelMapping(channel_id=shop.id, kind=MappingKind.STATUS_IN, source="packed", target="IGNORE"))
    await session.flush()
    ignored = await bring_one(session, shop, later(told, status="packed"))
    assert ignored.state is InboxState.IGNORED
    assert (await load_order(session, order.id)).status is Status.PROCESSING


# Money


@pytest.mark.spec("ORD-5")
async def test_a_payment_there_is_booked_once_and_the_order_goes_on(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop, incoming(line(None, variant=None), status="on-hold", payment_method=""))
    paid = IncomingPayment(external_id="t1", amount=told.total, method="bacs")
    for version in ("2026-07-02", "2026-07-03"):
        await bring_one(session, shop, later(told, version, status="processing", payments=(paid,), note=version))
    new = await load_order(session, order.id)
    assert (new.status, new.payment_state) == (Status.PAID, PaymentState.PAID)
    assert await session.scalar(select(func.count()).where(Payment.order_id == order.id)) == 1
    assert await entries(session) == {}


async def test_a_payment_that_was_booked_by_hand_is_recognised(session: AsyncSession, shop: Channel) -> None:
    told, order = await placed(session, shop)
    await record_payment(session, order, OPERATOR, order.total, method="transfer")
    paid = IncomingPayment(external_id="t1", amount=told.total, method="bacs")
    for version in ("2026-07-02", "2026-07-03"):
        await bring_one(session, shop, later(told, version, payments=(paid,), note=version))
    [booked] = (await session.scalars(select(Payment).where(Payment.order_id == order.id))).all()
    assert (booked.external_id, booked.actor) == ("t1", OPERATOR.label)
    assert (await load_order(session, order.id)).payment_state is PaymentState.PAID


@pytest.mark.spec("ORD-5")
async def test_a_refund_there_is_booked_once(session: AsyncSession, shop: Channel) -> None:
    told = incoming(line(None, variant=None))
    told = replace(told, payments=(IncomingPayment(external_id="t1", amount=told.total, method="card"),))
    _, order = await placed(session, shop, told)
    part = IncomingRefund(external_id="r1", amount=Decimal("20.00"), reason="scratched")
    for version in ("2026-07-02", "2026-07-03"):
        await bring_one(session, shop, later(told, version, refunds=(part,), note=version))
    assert (await load_order(session, order.id)).payment_state is PaymentState.PARTLY_REFUNDED
    assert await session.scalar(select(func.count()).where(Payment.external_id == "r1")) == 1


# Gone there


async def gone(session: AsyncSession, shop: Channel, external_id: str) -> Outcome:
    [arrival] = await arrive(session, shop, incoming(line(None, variant=None), external_id=external_id))
    settled = await order_gone(
        session, SHOP, shop, arrival.item_id, external_id, arrival.received_at, "moved to the bin"
    )
    return Outcome(item_id=settled.item_id, state=settled.state, order_id=settled.order_id)


async def test_an_order_deleted_there_is_kept_and_told_and_a_restored_one_clears_it(
    session: AsyncSession, shop: Channel
) -> None:
    told, order = await placed(session, shop)
    cause = f"gone:{told.external_id}"
    assert (await gone(session, shop, told.external_id)).state is InboxState.IMPORTED
    assert (await gone(session, shop, told.external_id)).state is InboxState.DUPLICATE
    assert (await load_order(session, order.id)).status is Status.PROCESSING
    assert await entries(session) == {cause: DiaryState.OPEN}
    late = await bring_one(session, shop, told, received_at=utc_now() - timedelta(minutes=5))
    assert late.state is InboxState.DUPLICATE
    assert await entries(session) == {cause: DiaryState.OPEN}
    await bring_one(session, shop, told)
    assert await entries(session) == {cause: DiaryState.RESOLVED}
    assert await session.scalar(select(ExternalOrder.gone_at).where(ExternalOrder.order_id == order.id)) is None


async def test_an_order_deleted_before_its_import_is_not_made(session: AsyncSession, shop: Channel) -> None:
    told = incoming(line("LATER-1"))
    [arrival] = await arrive(session, shop, told)
    assert (await gone(session, shop, told.external_id)).state is InboxState.IGNORED
    [outcome] = await import_arrivals(session, shop, [arrival])
    assert (outcome.state, outcome.reason) == (
        InboxState.IGNORED,
        "the order was deleted there before it could be imported",
    )
    await make_variant(session, "LATER-1")
    assert (await bring_one(session, shop, told)).state is InboxState.IMPORTED
