"""One action on many orders: each once, each with its result, whoever carries it out (spec ORD-7)."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from domain.access.disable_user import disable_user
from domain.access.models import ApiKey, User
from domain.access.sessions import end_sessions
from domain.bulk.models import BulkAction, BulkItem, BulkRun, ItemState, RunState
from domain.flows.bulk import actions
from domain.flows.bulk.carry_out import cancel_run, carry_out
from domain.flows.bulk.start import Named, StartRun, start_run
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Forbidden, Invalid
from domain.orders.models import HistoryEntry, Order
from domain.orders.status import Status
from tests.domain.access.people import make_person
from tests.support.builders import OPERATOR, actor_with, make_channel, make_order, make_variant

pytestmark = pytest.mark.spec("ORD-7")


async def fill(database: Database, count: int) -> list[UUID]:
    async with database.begin() as session:
        channel = await make_channel(session)
        variant = await make_variant(session, stock=10_000)
        return [(await make_order(session, [(variant, 1)], channel=channel)).id for _ in range(count)]


async def start(
    database: Database, action: BulkAction, ids: Sequence[object], actor: Actor = OPERATOR, **more: object
) -> UUID:
    orders = [one if isinstance(one, Named) else Named(given=str(one)) for one in ids]
    async with database.begin() as session:
        command = StartRun(action=action, orders=orders, **more)  # type: ignore[arg-type]
        return (await start_run(session, actor, command)).id


async def items(database: Database, run_id: UUID) -> list[BulkItem]:
    async with database.begin() as session:
        return list(await session.scalars(select(BulkItem).where(BulkItem.run_id == run_id).order_by(BulkItem.place)))


async def run_of(database: Database, run_id: UUID) -> BulkRun:
    async with database.begin() as session:
        return await session.get_one(BulkRun, run_id)


async def statuses(database: Database, ids: Sequence[UUID]) -> list[Status]:
    async with database.begin() as session:
        found = {row.id: row.status for row in await session.execute(select(Order.id, Order.status))}
        return [found[one] for one in ids]


async def test_each_order_has_its_result_in_the_order_asked_for(database: Database) -> None:
    ids = await fill(database, 5)
    asked = [
        ids[0],
        Named(given=str(ids[1]), expected_version=99),
        "no id",
        new_id(),
        ids[0],
        Named(given=str(ids[2]), expected_version=1),
    ]
    run_id = await start(database, BulkAction.HOLD, asked, reason="count the stock")
    assert await carry_out(database, run_id, seconds=60)
    told = await items(database, run_id)
    assert [one.state for one in told] == [
        ItemState.DONE,
        *[ItemState.REFUSED] * 4,
        ItemState.DONE,
    ]
    codes = [one.refusal and one.refusal["code"] for one in told]
    assert codes == [None, "STALE_VERSION", "NOT_FOUND", "NOT_FOUND", "TWICE", None]
    assert "place 1" in (told[4].refusal or {})["message"]
    draft, held = Status.DRAFT, Status.ON_HOLD
    assert await statuses(database, ids) == [held, draft, held, draft, draft]
    run = await run_of(database, run_id)
    assert (run.state, run.total, run.background) == (RunState.DONE, 6, False)
    async with database.begin() as session:
        reasons = await session.scalars(
            select(HistoryEntry.reason).where(HistoryEntry.order_id == ids[0], HistoryEntry.seq == 2)
        )
        assert list(reasons) == ["count the stock"]


async def test_every_action(database: Database) -> None:
    ids = await fill(database, 1)
    for action, more, code in (
        (BulkAction.HOLD, {}, None),
        (BulkAction.CONFIRM, {}, "ILLEGAL_MOVE"),
        (BulkAction.RESUME, {}, None),
        (BulkAction.RESUME, {}, "ILLEGAL_MOVE"),
        (BulkAction.APPROVE, {}, "INVALID"),
        (BulkAction.MOVE, {"to": Status.PROCESSING}, None),
        (BulkAction.CONFIRM, {}, None),
        (BulkAction.PRINT_LABELS, {}, "INVALID"),
        (BulkAction.CREATE_DELIVERY_NOTE, {}, None),
        (BulkAction.CREATE_DELIVERY_NOTE, {}, "INVALID"),
        (BulkAction.CANCEL, {}, None),
        (BulkAction.CANCEL, {}, "ILLEGAL_MOVE"),
    ):
        run_id = await start(database, action, ids, **more)
        assert await carry_out(database, run_id, seconds=60)
        [item] = await items(database, run_id)
        assert (item.refusal or {}).get("code") == code, (action, item.refusal)
        assert (item.state is ItemState.DONE) == (code is None)
        if action is BulkAction.CREATE_DELIVERY_NOTE and code is None:
            assert item.made is not None and set(item.made) == {"delivery_note"}


async def test_many_at_it_act_on_each_order_once(database: Database) -> None:
    ids = await fill(database, 40)
    run_id = await start(database, BulkAction.CONFIRM, ids)
    await asyncio.gather(*(carry_out(database, run_id, seconds=60, at_once=2) for _ in range(3)))
    assert await carry_out(database, run_id, seconds=60), "nothing is left to do"
    assert {one.state for one in await items(database, run_id)} == {ItemState.DONE}
    assert set(await statuses(database, ids)) == {Status.CONFIRMED}
    async with database.begin() as session:
        moves = await session.scalar(
            select(func.count()).select_from(HistoryEntry).where(HistoryEntry.kind == "status_changed")
        )
    assert moves == 40


async def test_what_time_does_not_suffice_for_is_done_later(database: Database) -> None:
    ids = await fill(database, 3)
    run_id = await start(database, BulkAction.HOLD, ids)
    assert not await carry_out(database, run_id, seconds=0)
    assert (await run_of(database, run_id)).state is RunState.RUNNING
    assert await carry_out(database, run_id, seconds=60)
    assert (await run_of(database, run_id)).state is RunState.DONE


async def test_a_fault_at_one_order_stops_no_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both a bug and a statement that the database refuses leave the order as it was, and say so."""
    ids = await fill(database, 4)
    hold = actions.ACTIONS[BulkAction.HOLD]

    async def faulty(session, actor, run, item, order_id):  # type: ignore[no-untyped-def]
        made = await hold(session, actor, run, item, order_id)
        await session.flush()
        if order_id == ids[1]:
            raise RuntimeError("as told")
        if order_id == ids[2]:
            await session.execute(update(Order).where(Order.id == order_id).values(number=None))
        return made

    monkeypatch.setitem(actions.ACTIONS, BulkAction.HOLD, faulty)  # type: ignore[arg-type]
    run_id = await start(database, BulkAction.HOLD, ids)
    assert await carry_out(database, run_id, seconds=60)
    codes = [(one.refusal or {}).get("code") for one in await items(database, run_id)]
    assert codes == [None, "INTERNAL", "INTERNAL", None]
    held, draft = Status.ON_HOLD, Status.DRAFT
    assert await statuses(database, ids) == [held, draft, draft, held]


async def test_a_run_that_is_cancelled_stops_and_stays(database: Database) -> None:
    ids = await fill(database, 3)
    run_id = await start(database, BulkAction.HOLD, ids)
    for _ in range(2):
        async with database.begin() as session:
            await cancel_run(session, run_id, "Cancelled.")
    assert await carry_out(database, run_id, seconds=60)
    assert {one.state for one in await items(database, run_id)} == {ItemState.CANCELLED}
    assert set(await statuses(database, ids)) == {Status.DRAFT}
    run = await run_of(database, run_id)
    assert (run.state, run.note) == (RunState.CANCELLED, "Cancelled.")


@pytest.mark.parametrize("change", [{"revoked_at": utc_now()}, {"permissions": ["orders.view"]}])
async def test_a_key_may_in_the_end_what_it_may_then(database: Database, change: dict[str, object]) -> None:
    ids = await fill(database, 2)
    async with database.begin() as session:
        key = ApiKey(
            id=new_id(), name="desk", key_hash="x", permissions=["orders.edit"], roles=[], created_at=utc_now()
        )
        session.add(key)
    actor = Actor(ActorKind.KEY, "desk", key.id, frozenset({Permission.ORDERS_EDIT}))
    run_id = await start(database, BulkAction.HOLD, ids, actor)
    async with database.begin() as session:
        await session.execute(update(ApiKey).values(**change))
    assert await carry_out(database, run_id, seconds=60)
    assert set(await statuses(database, ids)) == {Status.DRAFT}
    run = await run_of(database, run_id)
    if "revoked_at" in change:
        assert (run.state, run.note) == (RunState.CANCELLED, "The key that asked for it has ended.")
    else:
        assert {(one.refusal or {})["code"] for one in await items(database, run_id)} == {"FORBIDDEN"}


@pytest.mark.parametrize("change", ["logged out", "disabled", "demoted"])
async def test_a_person_may_in_the_end_what_they_may_then(database: Database, change: str) -> None:
    """That the session ended does not matter."""
    ids = await fill(database, 2)
    async with database.begin() as session:
        person = await make_person(session, roles=["*"])
        await make_person(session, roles=["*"])
    actor = Actor(ActorKind.PERSON, person.name, person.id, frozenset({Permission.ORDERS_EDIT}))
    run_id = await start(database, BulkAction.HOLD, ids, actor)
    async with database.begin() as session:
        if change == "disabled":
            await disable_user(session, OPERATOR, person.id, 1)
        elif change == "demoted":
            await session.execute(update(User).where(User.id == person.id).values(roles=[]))
        else:
            await end_sessions(session, person.id)
    assert await carry_out(database, run_id, seconds=60)
    held = Status.ON_HOLD if change == "logged out" else Status.DRAFT
    assert set(await statuses(database, ids)) == {held}
    run = await run_of(database, run_id)
    if change == "disabled":
        assert (run.state, run.note) == (RunState.CANCELLED, "The person who asked for it was disabled.")
    elif change == "demoted":
        assert {(one.refusal or {})["code"] for one in await items(database, run_id)} == {"FORBIDDEN"}


@pytest.mark.parametrize(
    ("action", "count", "more", "problems"),
    [
        (BulkAction.HOLD, 0, {}, ["EMPTY"]),
        (BulkAction.HOLD, 10_001, {}, ["TOO_MANY"]),
        (BulkAction.MOVE, 1, {}, ["MISSING"]),
        (BulkAction.HOLD, 0, {"to": Status.DRAFT}, ["EMPTY", "NOT_WANTED"]),
        (BulkAction.HOLD, 1, {"reason": "\x00"}, ["NOT_A_TEXT"]),
    ],
)
async def test_what_cannot_be_asked(
    database: Database, action: BulkAction, count: int, more: dict[str, object], problems: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        await start(database, action, [new_id() for _ in range(count)], **more)
    assert [one.code for one in caught.value.problems] == problems


async def test_who_may_not(database: Database) -> None:
    with pytest.raises(Forbidden):
        await start(database, BulkAction.CONFIRM, [new_id()], actor_with(Permission.ORDERS_VIEW))
    await start(database, BulkAction.PRINT_LABELS, [new_id()], actor_with(Permission.ORDERS_VIEW))
