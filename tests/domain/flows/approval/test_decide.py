"""People decide: by permission and role, step by step, with the version that they read (spec APR-3, CHN-4)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.errors import RoleNeeded
from domain.approvals.models import ApprovalState, OrderApproval, OrderApprovalStep
from domain.approvals.remove_rule import remove_rule
from domain.channels.models import PaymentKind
from domain.flows.approval.decide import AskAgain, Decide, approve_order, ask_again, reject_order
from domain.flows.create_order import CreateOrder, OrderCustomer, OrderedLine, create_order
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.move import MoveOrder, move_order
from domain.flows.pay import RecordPayment, pay_order
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid, NotFound, Refusal, StaleVersion
from domain.orders.errors import NotApproved
from domain.orders.models import HistoryEntry, Order, PaymentState
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from tests.support.approvals import make_rule
from tests.support.builders import ADDRESS, OPERATOR, actor_with, load_order, make_channel, make_order, make_variant

pytestmark = pytest.mark.spec("APR-3")

MANAGER = actor_with(Permission.ORDERS_APPROVE, roles=["sales_manager"], label="mara")
FINANCE = actor_with(Permission.ORDERS_APPROVE, roles=["finance"], label="finn")


def decide(order: Order, words: str | None = None) -> Decide:
    return Decide(order_id=order.id, expected_version=order.version, words=words)


async def kinds(session: AsyncSession, order: Order) -> list[str]:
    await session.flush()
    query = select(HistoryEntry).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq)
    entries = list(await session.scalars(query))
    assert rebuild(entries).approve_status == order.approve_status
    return [entry.kind for entry in entries]


async def code_of(doing: Awaitable[Any]) -> str:
    with pytest.raises(Refusal) as refusal:
        await doing
    return refusal.value.problems[0].code if isinstance(refusal.value, Invalid) else refusal.value.code


async def test_steps_are_decided_one_after_the_other_each_by_its_role(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"])
    order = await make_order(session)
    with pytest.raises(RoleNeeded) as refusal:
        await approve_order(session, FINANCE, decide(order))
    assert (refusal.value.role, refusal.value.step) == ("sales_manager", 1)
    order = await approve_order(session, MANAGER, decide(order, "good client"))
    assert (order.approve_status, order.version) == (0, 2)
    with pytest.raises(RoleNeeded):
        await approve_order(session, MANAGER, decide(order))
    order = await approve_order(session, FINANCE, decide(order))
    assert (order.approve_status, order.version) == (1, 3)
    assert await kinds(session, order) == ["order_created", "approval_asked", "approval_step", "approved"]
    steps = (await session.scalars(select(OrderApprovalStep).order_by(OrderApprovalStep.number))).all()
    assert [(step.decided_by, step.approved, step.note) for step in steps] == [
        ("mara", True, "good client"),
        ("finn", True, None),
    ]
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))


async def test_the_role_alone_is_not_enough(session: AsyncSession) -> None:
    await make_rule(session)
    order = await make_order(session)
    agent = actor_with(Permission.ORDERS_EDIT, roles=["sales_manager"])
    assert await code_of(approve_order(session, agent, decide(order))) == "FORBIDDEN"
    assert await code_of(reject_order(session, agent, decide(order, "no"))) == "FORBIDDEN"


async def test_what_was_changed_meanwhile_is_not_approved(session: AsyncSession) -> None:
    await make_rule(session)
    order = await make_order(session)
    stale = decide(order)
    line = EditedLine(line=order.lines[0].id, quantity=Decimal(2))
    await edit_order(session, OPERATOR, EditOrder(order_id=order.id, contents=EditedContents(lines=[line])))
    with pytest.raises(StaleVersion):
        await approve_order(session, MANAGER, stale)
    with pytest.raises(StaleVersion):
        await reject_order(session, MANAGER, Decide(order_id=order.id, expected_version=1, words="no"))


async def test_where_nothing_is_asked_nothing_is_decided(session: AsyncSession) -> None:
    free = await make_order(session)
    assert await code_of(approve_order(session, MANAGER, decide(free))) == "NOT_PENDING"
    await make_rule(session)
    order = await approve_order(session, MANAGER, decide(await make_order(session)))
    assert await code_of(approve_order(session, MANAGER, decide(order))) == "NOT_PENDING"
    assert await code_of(reject_order(session, MANAGER, decide(order, "no"))) == "NOT_PENDING"
    with pytest.raises(NotFound):
        await approve_order(session, MANAGER, Decide(order_id=UUID(int=5), expected_version=1))


async def test_a_rejection_needs_a_reason_and_stops_the_order(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"])
    order = await approve_order(session, MANAGER, decide(await make_order(session)))
    for blank in (None, "", "  "):
        assert await code_of(reject_order(session, FINANCE, decide(order, blank))) == "MISSING"
    assert await code_of(reject_order(session, FINANCE, decide(order, "x" * 1001))) == "NOT_A_TEXT"
    assert await code_of(reject_order(session, MANAGER, decide(order, "no"))) == "ROLE_NEEDED"
    order = await reject_order(session, FINANCE, decide(order, "the limit is used up"))
    assert order.approve_status == -1
    assert (await kinds(session, order))[-1] == "approval_rejected"
    with pytest.raises(NotApproved, match="rejected"):
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CANCELLED))
    assert order.approve_status == -1


async def test_after_a_rejection_it_is_asked_for_again(session: AsyncSession) -> None:
    rule = await make_rule(session)
    order = await reject_order(session, MANAGER, decide(await make_order(session), "too much"))
    order = await ask_again(session, OPERATOR, AskAgain(order_id=order.id, expected_version=order.version))
    assert order.approve_status == 0
    states = [one.state for one in await session.scalars(select(OrderApproval).order_by(OrderApproval.number))]
    assert states == [ApprovalState.SUPERSEDED, ApprovalState.PENDING]
    seen = order.version
    assert (await ask_again(session, OPERATOR, AskAgain(order_id=order.id))).version == seen
    await remove_rule(session, OPERATOR, rule.id, None)
    order = await ask_again(session, OPERATOR, AskAgain(order_id=order.id))
    assert (order.approve_status, (await kinds(session, order))[-1]) == (None, "approval_not_needed")


async def test_asking_again_keeps_the_steps_that_are_decided(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"])
    order = await approve_order(session, MANAGER, decide(await make_order(session)))
    order = await ask_again(session, OPERATOR, AskAgain(order_id=order.id))
    order = await approve_order(session, FINANCE, decide(order))
    assert order.approve_status == 1
    assert await code_of(ask_again(session, OPERATOR, AskAgain(order_id=order.id))) == "APPROVED"
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    assert await code_of(ask_again(session, OPERATOR, AskAgain(order_id=order.id))) == "CONFIRMED"


async def test_four_eyes(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"], four_eyes=True)
    both = Actor(ActorKind.PERSON, "otto", permissions=frozenset(Permission), every_role=True)
    mine = await make_order(session, actor=both)
    assert await code_of(approve_order(session, both, decide(mine))) == "FOUR_EYES"
    theirs = await approve_order(session, both, decide(await make_order(session)))
    assert await code_of(approve_order(session, both, decide(theirs))) == "FOUR_EYES"
    assert (await approve_order(session, FINANCE, decide(theirs))).approve_status == 1
    assert (await reject_order(session, both, decide(mine, "my mistake"))).approve_status == -1


async def test_without_four_eyes_one_who_holds_all_roles_decides_all_steps(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"])
    order = await make_order(session)
    for _ in range(2):
        order = await approve_order(session, OPERATOR, decide(order))
    assert order.approve_status == 1


@pytest.mark.spec("CHN-4")
async def test_a_channel_that_confirms_by_itself_waits_for_the_last_approval(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager", "finance"])
    channel = await make_channel(session, auto_confirm=True)
    await make_variant(session, "MUG", stock=5)
    order = await create_order(
        session,
        OPERATOR,
        CreateOrder(
            channel=channel.slug,
            customer=OrderCustomer(email="a@b.example", name="Ana"),
            lines=[OrderedLine("MUG", Decimal(1))],
            shipping=ADDRESS,
        ),
    )
    assert (order.status, order.approve_status) == (Status.DRAFT, 0)
    order = await approve_order(session, MANAGER, decide(order))
    assert order.status is Status.DRAFT
    order = await approve_order(session, FINANCE, decide(order))
    assert (order.status, order.confirmed_at is not None) == (Status.CONFIRMED, True)


@pytest.mark.spec("CHN-4")
@pytest.mark.parametrize(
    "fields",
    [
        {"external_id": "77", "placed_at": utc_now() - timedelta(days=400)},
        {"data": {"estimate": {"number": "EST-1"}}},
        {"data": {"duplicated_from": {"number": "100001"}}},
    ],
)
async def test_what_a_channel_does_not_confirm_by_itself_a_person_confirms(
    session: AsyncSession, fields: dict[str, Any]
) -> None:
    await make_rule(session)
    order = await make_order(session, channel=await make_channel(session, auto_confirm=True), **fields)
    order = await approve_order(session, MANAGER, decide(order))
    assert (order.approve_status, order.status) == (1, Status.DRAFT)
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))


async def race(database: Database, order_id: UUID, *acts: Callable[[AsyncSession], Awaitable[Order]]) -> list[str]:
    """What came of acts at once, each on a connection of its own; afterwards history tells what the order is."""

    async def one(act: Callable[[AsyncSession], Awaitable[Order]]) -> str:
        try:
            async with database.begin() as session:
                await act(session)
                return "done"
        except Refusal as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*(one(act) for act in acts))
    async with database.begin() as session:
        order = await load_order(session, order_id)
        await kinds(session, order)
        pending = await session.scalar(
            select(func.count()).select_from(OrderApproval).where(OrderApproval.state == ApprovalState.PENDING)
        )
        assert (pending == 1) is (order.approve_status == 0)
    return outcomes


async def held_order(database: Database, **rule: Any) -> Order:
    async with database.begin() as session:
        await make_rule(session, **rule)
        return await make_order(session)


async def test_approve_and_approve(database: Database) -> None:
    """A double click decides one step, not two."""
    order = await held_order(database, steps=["sales_manager", "finance"])
    outcomes = await race(
        database, order.id, *[lambda session: approve_order(session, OPERATOR, decide(order)) for _ in range(4)]
    )
    assert Counter(outcomes) == {"done": 1, "STALE_VERSION": 3}
    async with database.begin() as session:
        assert (await load_order(session, order.id)).approve_status == 0


async def test_approve_and_edit(database: Database) -> None:
    """What is approved is what was read: either the approval is stale, or the edit asks again."""
    order = await held_order(database)
    line = EditedLine(line=order.lines[0].id, quantity=Decimal(3))
    edit = EditOrder(order_id=order.id, contents=EditedContents(lines=[line]))
    outcomes = await race(
        database,
        order.id,
        lambda session: approve_order(session, OPERATOR, decide(order)),
        lambda session: edit_order(session, OPERATOR, edit),
    )
    assert outcomes in (["done", "done"], ["STALE_VERSION", "done"])
    async with database.begin() as session:
        assert (await load_order(session, order.id)).approve_status == 0


async def test_confirm_and_reject(database: Database) -> None:
    """The order waits for its last step: it is approved and confirmed, or rejected and never confirmed."""
    order = await held_order(database)

    async def approve_and_confirm(session: AsyncSession) -> Order:
        await approve_order(session, OPERATOR, decide(order))
        return await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))

    outcomes = await race(
        database,
        order.id,
        approve_and_confirm,
        lambda session: reject_order(session, OPERATOR, decide(order, "no")),
        lambda session: move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED)),
    )
    async with database.begin() as session:
        order = await load_order(session, order.id)
    if outcomes[1] == "done":
        assert (order.approve_status, order.status, outcomes[2]) == (-1, Status.DRAFT, "NOT_APPROVED")
    else:
        assert (order.approve_status, order.status) == (1, Status.CONFIRMED)


@pytest.mark.spec("ORD-4")
async def test_a_rejected_order_is_not_processed_and_its_money_waits_for_asking_again(session: AsyncSession) -> None:
    await make_rule(session, steps=["sales_manager"])
    order = await make_order(session, status=Status.PENDING_PAYMENT, payment_kind=PaymentKind.PREPAID)
    await reject_order(session, MANAGER, decide(order, "too cheap"))
    await pay_order(session, OPERATOR, RecordPayment(order_id=order.id, amount=order.total))
    assert (order.status, order.payment_state) == (Status.PENDING_PAYMENT, PaymentState.PAID)
    with pytest.raises(NotApproved, match="rejected"):
        await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.PAID))
    await ask_again(session, OPERATOR, AskAgain(order_id=order.id))
    assert order.status is Status.PAID
    await approve_order(session, MANAGER, decide(order))
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))
    assert order.status is Status.CONFIRMED
