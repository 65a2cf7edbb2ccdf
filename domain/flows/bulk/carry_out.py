"""Carrying a run out: any number of processes may be at it, and any of them may die. Each order is acted on once.

An item is marked in the transaction that acts on its order, under a lock by which others pass it over. So what is
marked is done, and what is not marked was not done.
"""

import asyncio
import time
from uuid import UUID

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.callers import actor_of
from domain.access.scope import narrowed, view_of
from domain.bulk.models import BulkItem, BulkRun, ItemState, RunState
from domain.changes.models import BULK_RUN, Change
from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.away import database_is_away
from domain.kernel.clock import utc_now
from domain.kernel.database import Database, Json
from domain.kernel.refusals import Invalid, Refusal

from .actions import ACTIONS, ask_for_labels

log = structlog.get_logger(__name__)

TOLD_EVERY = 0.5
"""Seconds between two messages about a run's progress."""
_DEADLOCK_DETECTED = "40P01"
_LOCKED_OUT = 4


async def carry_out(database: Database, run_id: UUID, *, seconds: float, at_once: int = 1) -> bool:
    """Acts on the run's orders in their order for so long, `at_once` side by side; whether nothing is left to do."""
    until = time.monotonic() + seconds
    actor = await _begin(database, run_id)
    if actor is None:
        return True
    told = time.monotonic()
    view = database if actor.scope.everything else view_of(narrowed(database), actor)

    async def on() -> None:
        nonlocal told
        while time.monotonic() < until and await _next(view, run_id):
            if time.monotonic() - told >= TOLD_EVERY:
                told = time.monotonic()
                await _tell(database, run_id)

    await asyncio.gather(*(on() for _ in range(at_once)))
    return await _end(database, run_id)


async def cancel_run(session: AsyncSession, run_id: UUID, note: str | None = None) -> None:
    """What is not done yet is not done any more. A run that has ended stays as it is."""
    ended = await session.scalar(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING)
        .values(state=RunState.CANCELLED, finished_at=utc_now(), note=note)
        .returning(BulkRun.id),
        execution_options={"synchronize_session": False},
    )
    if ended is None:
        return
    await session.execute(
        update(BulkItem)
        .where(BulkItem.run_id == run_id, BulkItem.state == ItemState.PENDING)
        .values(state=ItemState.CANCELLED),
        execution_options={"synchronize_session": False},
    )
    _put(session, run_id)


async def _begin(database: Database, run_id: UUID) -> Actor | None:
    """Who asked for the run, if it is to go on. One whose caller is gone meanwhile is not: a key that has ended, a
    person who was disabled."""
    async with database.begin() as session:
        run = await session.get(BulkRun, run_id)
        if run is None or run.state is not RunState.RUNNING:
            return None
        actor = await _actor(session, run)
        if actor is None:
            gone = "The key that asked for it has ended."
            if run.actor["kind"] == ActorKind.PERSON:
                gone = "The person who asked for it was disabled."
            await cancel_run(session, run_id, gone)
        return actor


async def _actor(session: AsyncSession, run: BulkRun) -> Actor | None:
    """Who asked: a person or a key with what they may do now, the house itself as it was then."""
    kept = run.actor
    kind, actor_id = ActorKind(kept["kind"]), kept["id"] and UUID(kept["id"])
    if kind in (ActorKind.KEY, ActorKind.PERSON) and actor_id:
        return await actor_of(session, kind, actor_id)
    return Actor(
        kind,
        kept["label"],
        actor_id,
        frozenset(Permission(one) for one in kept["permissions"]),
        frozenset(kept["roles"]),
        kept["every_role"],
    )


async def _next(database: Database, run_id: UUID) -> bool:
    """Acts on the next order that nobody is at; whether there was one."""
    for attempt in range(1, _LOCKED_OUT + 1):
        try:
            return await _one(database, run_id)
        except DBAPIError as error:
            if not _deadlocked(error) or attempt == _LOCKED_OUT:
                raise
            log.warning("deadlock_repeated")
    return True


async def _one(database: Database, run_id: UUID) -> bool:
    async with database.begin() as session:
        item = await session.scalar(
            select(BulkItem)
            .where(BulkItem.run_id == run_id, BulkItem.state == ItemState.PENDING)
            .order_by(BulkItem.place)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if item is None:
            return False
        run = await session.get_one(BulkRun, run_id)
        actor = await _actor(session, run)
        if run.state is not RunState.RUNNING or actor is None:
            return False
        await _act(session, actor, run, item)
        return True


async def _act(session: AsyncSession, actor: Actor, run: BulkRun, item: BulkItem) -> None:
    run_id, order_id, place = run.id, item.order_id, item.place
    assert order_id is not None  # an item without an order is refused from the beginning
    made: Json | None = None
    refusal: Json | None = None
    try:
        async with session.begin_nested():
            made = await ACTIONS[run.action](session, actor, run, item, order_id)
    except Refusal as refused:
        refusal = _as_data(refused)
        if isinstance(refused, Invalid) and refused.problems[0].code == "LABEL_PENDING":
            await ask_for_labels(session, order_id)
    except Exception as fault:  # a bug that one order brings out must not keep the others from being acted on
        if _deadlocked(fault) or database_is_away(fault):
            raise
        log.error("internal_error", exc_info=fault, run=str(run_id), order=str(order_id))
        refusal = {"code": "INTERNAL", "message": "internal error", "path": [], "problems": []}
    await session.execute(
        update(BulkItem)
        .where(BulkItem.run_id == run_id, BulkItem.place == place)
        .values(state=ItemState.DONE if refusal is None else ItemState.REFUSED, refusal=refusal, made=made),
        execution_options={"synchronize_session": False},
    )


def _deadlocked(fault: Exception) -> bool:
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) == _DEADLOCK_DETECTED


def _as_data(refusal: Refusal) -> Json:
    problems = refusal.problems if isinstance(refusal, Invalid) else ()
    return {
        "code": refusal.code,
        "message": refusal.message,
        "path": list(refusal.path),
        "problems": [{"path": list(one.path), "code": one.code, "message": one.message} for one in problems],
    }


async def _end(database: Database, run_id: UUID) -> bool:
    """Ends the run if nothing is left, also nothing that somebody else is at; whether it has ended."""
    left = exists().where(BulkItem.run_id == run_id, BulkItem.state == ItemState.PENDING)
    async with database.begin() as session:
        ended = await session.scalar(
            update(BulkRun)
            .where(BulkRun.id == run_id, BulkRun.state == RunState.RUNNING, ~left)
            .values(state=RunState.DONE, finished_at=utc_now())
            .returning(BulkRun.id),
            execution_options={"synchronize_session": False},
        )
        _put(session, run_id)
        if ended is not None:
            return True
        return await session.scalar(select(BulkRun.state).where(BulkRun.id == run_id)) is not RunState.RUNNING


async def _tell(database: Database, run_id: UUID) -> None:
    async with database.begin() as session:
        _put(session, run_id)


def _put(session: AsyncSession, run_id: UUID) -> None:
    session.add(Change(kind=BULK_RUN, at=utc_now(), subject_id=run_id))
    session.info["outbox"] = True
