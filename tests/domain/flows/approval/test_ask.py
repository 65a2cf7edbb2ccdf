"""Orders that a rule holds wait for people; those that no rule holds pay nothing (spec APR-1, APR-2, APR-3, CUR-1)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.conditions import Condition
from domain.approvals.models import ApprovalState, Asked, ConditionKind, OrderApproval
from domain.channels.models import PaymentKind
from domain.currency.rules import today
from domain.currency.set_rates import Rate, SetRates, set_rates
from domain.customers.models import CustomerGroup, CustomerGroupMember
from domain.flows.approval.ask import reconsider
from domain.flows.approval.decide import Decide, approve_order
from domain.flows.edit_lines import EditedContents, EditedLine
from domain.flows.edit_order import EditOrder, edit_order
from domain.flows.move import MoveOrder, move_order
from domain.flows.place import NewOrder, place_orders
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.orders.errors import NotApproved
from domain.orders.models import HistoryEntry, Order
from domain.orders.rebuild import rebuild
from domain.orders.status import Status
from tests.support.approvals import make_rule, over
from tests.support.builders import OPERATOR, load_order, make_channel, make_customer, make_order, make_variant, new_line
from tests.support.statements import counting

pytestmark = pytest.mark.spec("APR-3")
K = ConditionKind


async def approvals(session: AsyncSession, order: Order) -> list[OrderApproval]:
    await session.flush()
    query = select(OrderApproval).where(OrderApproval.order_id == order.id).order_by(OrderApproval.number)
    return list(await session.scalars(query))


async def history(session: AsyncSession, order: Order) -> list[HistoryEntry]:
    await session.flush()
    query = select(HistoryEntry).where(HistoryEntry.order_id == order.id).order_by(HistoryEntry.seq)
    return list(await session.scalars(query))


async def big_order(session: AsyncSession, price: str = "10000", **fields: Any) -> Order:
    """One piece at this price and 21% of tax."""
    return await make_order(session, [(await make_variant(session, price=price, stock=5), 1)], **fields)


async def reprice(session: AsyncSession, order: Order, price: str) -> Order:
    order = await load_order(session, order.id)
    line = EditedLine(line=order.lines[0].id, quantity=Decimal(1), unit_price=Decimal(price))
    return await edit_order(session, OPERATOR, EditOrder(order_id=order.id, contents=EditedContents(lines=[line])))


@pytest.mark.spec("APR-1")
@pytest.mark.spec("APR-2")
async def test_the_guides_example(session: AsyncSession) -> None:
    """Portal orders over 10,000 RON need the sales manager; others do not."""
    portal = await make_channel(session, connector="portal")
    await make_rule(session, order_types=["portal"], conditions=[over("10000")])
    held, small = await big_order(session, channel=portal), await big_order(session, "8000", channel=portal)
    elsewhere = await big_order(session)
    assert [one.approve_status for one in (held, small, elsewhere)] == [0, None, None]
    [approval] = await approvals(session, held)
    assert (approval.role, approval.step, approval.asked) == ("sales_manager", 1, Asked.ENTERED)
    assert approval.rules[0]["reasons"] == ["The total 12100.00 RON is over 10000.00 RON."]
    asked = (await history(session, held))[-1]
    assert (asked.kind, asked.actor, asked.data["steps"]) == ("approval_asked", "system", ["sales_manager"])
    assert rebuild(await history(session, held)).approve_status == 0
    with pytest.raises(NotApproved, match="the role sales_manager"):
        await move_order(session, OPERATOR, MoveOrder(order_id=held.id, to=Status.CONFIRMED))
    await move_order(session, OPERATOR, MoveOrder(order_id=small.id, to=Status.CONFIRMED))


@pytest.mark.spec("APR-2")
async def test_groups_payment_discount_and_new_customers(session: AsyncSession) -> None:
    group = CustomerGroup(id=new_id(), slug="vip", name="VIP", created_at=utc_now())
    member, known = await make_customer(session), await make_customer(session)
    session.add(group)
    await session.flush()
    session.add(CustomerGroupMember(customer_id=member.id, group_id=group.id))
    await make_order(session, customer=known)
    for name, condition in {
        "group": Condition(kind=K.CUSTOMER_GROUP_IN, words=("vip",)),
        "kind": Condition(kind=K.PAYMENT_KIND_IN, words=("on_account",)),
        "new": Condition(kind=K.NEW_CUSTOMER),
    }.items():
        await make_rule(session, name=name, conditions=[condition])

    async def held(**fields: Any) -> list[str]:
        order = await make_order(session, **fields)
        return [rule["name"] for one in await approvals(session, order) for rule in one.rules]

    assert await held(customer=known) == []
    assert await held(customer=member) == ["group", "new"]
    assert await held(customer=member) == ["group"]
    assert await held(customer=known, payment_kind=PaymentKind.ON_ACCOUNT) == ["kind"]
    assert await held(customer=known, payment_kind=None) == []


@pytest.mark.spec("APR-2")
async def test_a_cancelled_order_makes_no_customer_known(session: AsyncSession) -> None:
    customer = await make_customer(session)
    await make_order(session, customer=customer, status=Status.CANCELLED)
    await make_rule(session, conditions=[Condition(kind=K.NEW_CUSTOMER)])
    assert (await make_order(session, customer=customer)).approve_status == 0
    assert (await make_order(session, customer=customer)).approve_status is None


@pytest.mark.spec("CUR-1")
async def test_another_currency_is_converted_and_without_a_rate_it_is_held(session: AsyncSession) -> None:
    await make_rule(session, conditions=[over("10000")])
    unknown = await big_order(session, "1", currency="EUR")
    [approval] = await approvals(session, unknown)
    assert "no exchange rate of EUR" in approval.rules[0]["reasons"][0]
    await set_rates(session, OPERATOR, SetRates(day=today(), rates=[Rate("EUR", Decimal(5))]))
    assert (await big_order(session, "1", currency="EUR")).approve_status is None
    assert (await big_order(session, "2000", currency="EUR")).approve_status == 0


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.SHIPPING, Status.CANCELLED, Status.REFUND])
async def test_what_is_over_already_is_not_asked_for(session: AsyncSession, status: Status) -> None:
    await make_rule(session)
    assert (await make_order(session, status=status)).approve_status is None


async def test_a_sale_at_the_counter_is_not_held(session: AsyncSession) -> None:
    await make_rule(session)
    counter = await make_channel(session, connector="pos")
    assert (await make_order(session, channel=counter)).approve_status is None


async def test_many_orders_cost_a_constant_number_of_statements_and_none_without_rules(session: AsyncSession) -> None:
    channel, variant = await make_channel(session), await make_variant(session)

    async def place(count: int) -> int:
        customers = [await make_customer(session) for _ in range(count)]
        new = [
            NewOrder(channel_id=channel.id, currency="RON", lines=[new_line(variant)], customer_id=one.id)
            for one in customers
        ]
        with counting(session) as statements:
            await place_orders(session, OPERATOR, new)
            await session.flush()
        return len(statements)

    assert await place(5) == 1
    await make_rule(session, conditions=[over("1"), Condition(kind=K.NEW_CUSTOMER)])
    assert await place(3) == await place(30) <= 10


async def test_a_change_after_approval_asks_again_from_the_first_step(session: AsyncSession) -> None:
    await make_rule(session, conditions=[over("10000")], steps=["sales_manager", "finance"])
    order = await big_order(session)
    for _ in range(2):
        await approve_order(session, OPERATOR, Decide(order_id=order.id, expected_version=order.version))
    assert order.approve_status == 1
    order = await reprice(session, order, "11000")
    first, second = await approvals(session, order)
    assert (order.approve_status, first.state, second.state) == (0, ApprovalState.SUPERSEDED, ApprovalState.PENDING)
    assert (second.role, second.asked, second.number) == ("sales_manager", Asked.CHANGED, 2)
    assert rebuild(await history(session, order)).approve_status == 0


async def test_a_change_that_no_rule_holds_any_more_frees_the_order(session: AsyncSession) -> None:
    await make_rule(session, conditions=[over("10000")])
    order = await reprice(session, await big_order(session), "100")
    assert order.approve_status is None
    [approval] = await approvals(session, order)
    assert (approval.state, approval.role) == (ApprovalState.SUPERSEDED, None)
    assert (await history(session, order))[-1].kind == "approval_not_needed"
    await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CONFIRMED))


async def test_a_change_that_a_rule_holds_now_asks(session: AsyncSession) -> None:
    await make_rule(session, conditions=[over("10000")])
    order = await reprice(session, await big_order(session, "100"), "20000")
    assert order.approve_status == 0


async def test_what_is_asked_and_undecided_is_not_asked_twice(session: AsyncSession) -> None:
    await make_rule(session, conditions=[over("10000")])
    order = await reprice(session, await big_order(session), "20000")
    [approval] = await approvals(session, order)
    assert approval.state is ApprovalState.PENDING
    assert approval.rules[0]["reasons"] == ["The total 24200.00 RON is over 10000.00 RON."]


async def test_a_confirmed_order_is_not_asked_about(session: AsyncSession) -> None:
    order = await move_order(session, OPERATOR, MoveOrder(order_id=(await make_order(session)).id, to=Status.CONFIRMED))
    await make_rule(session)
    await reconsider(session, order)
    assert order.approve_status is None


async def test_cancelling_ends_what_was_asked(session: AsyncSession) -> None:
    await make_rule(session)
    order = await make_order(session)
    order = await move_order(session, OPERATOR, MoveOrder(order_id=order.id, to=Status.CANCELLED))
    [approval] = await approvals(session, order)
    assert (order.approve_status, approval.state) == (None, ApprovalState.SUPERSEDED)
    assert rebuild(await history(session, await load_order(session, order.id))).approve_status is None
