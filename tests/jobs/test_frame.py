"""What becomes of the row, for everything that a handler may do."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from domain.kernel.clock import utc_now
from domain.kernel.outbox import DeadLetter, OutboxRow, enqueue, revive
from jobs.frame import carry_out
from jobs.runtime import Runtime
from tests.jobs.engine_room import CONSUMERS


async def put(runtime: Runtime, consumer: str, *payloads: dict[str, Any], attempts: int = 0) -> list[int]:
    async with runtime.database.begin() as session:
        for number, payload in enumerate(payloads or ({},)):
            await enqueue(session, consumer, f"thing:{number}", payload)
        rows = list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        for row in rows:
            row.sent_at, row.attempts = utc_now(), attempts
        return [row.id for row in rows]


async def carry(runtime: Runtime, consumer: str, ids: list[int]) -> None:
    await asyncio.to_thread(carry_out, runtime, CONSUMERS, consumer, ids)


async def rows(runtime: Runtime) -> list[OutboxRow]:
    async with runtime.database.begin() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


async def effects(runtime: Runtime) -> list[tuple[int, str]]:
    async with runtime.database.read() as connection:
        found = await connection.execute(text("select work, note from effects order by id"))
        return [(row.work, row.note) for row in found]


async def test_the_row_goes_with_the_effect(runtime: Runtime) -> None:
    ids = await put(runtime, "do", {"note": "a"})
    await carry(runtime, "do", ids)
    assert await rows(runtime) == []
    assert await effects(runtime) == [(ids[0], "a")]


async def test_a_doubled_message_changes_nothing(runtime: Runtime) -> None:
    ids = await put(runtime, "do", {"note": "a"})
    await carry(runtime, "do", ids)
    await carry(runtime, "do", ids)
    assert await effects(runtime) == [(ids[0], "a")]


async def test_ten_workers_with_the_same_message_leave_one_effect(runtime: Runtime) -> None:
    ids = await put(runtime, "do", {"note": "a", "seconds": 0.05})
    await asyncio.gather(*(carry(runtime, "do", ids) for _ in range(10)))
    assert await effects(runtime) == [(ids[0], "a")]
    assert await rows(runtime) == []


async def test_an_effect_that_fails_in_its_transaction_is_not_there_and_the_row_is(runtime: Runtime) -> None:
    ids = await put(runtime, "fail_late")
    await carry(runtime, "fail_late", ids)
    assert await effects(runtime) == []
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (1, None)


async def test_a_fault_is_tried_again_after_a_growing_pause(runtime: Runtime) -> None:
    ids = await put(runtime, "fail", attempts=1)
    before = utc_now()
    await carry(runtime, "fail", ids)
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (2, None)
    assert timedelta(seconds=2) <= row.not_before - before <= timedelta(seconds=5)


async def test_a_far_side_that_names_a_time_gets_it(runtime: Runtime) -> None:
    ids = await put(runtime, "later")
    before = utc_now()
    await carry(runtime, "later", ids)
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (1, None)
    assert timedelta(seconds=89) <= row.not_before - before <= timedelta(seconds=92)


async def test_after_the_last_attempt_the_work_is_a_dead_letter_and_can_be_revived(runtime: Runtime) -> None:
    ids = await put(runtime, "fail", {"note": "mine"}, attempts=2)
    await carry(runtime, "fail", ids)
    assert await rows(runtime) == []
    async with runtime.database.begin() as session:
        letter = (await session.scalars(select(DeadLetter))).one()
        assert (letter.id, letter.consumer, letter.aggregate, letter.payload) == (
            ids[0],
            "fail",
            "thing:0",
            {"note": "mine"},
        )
        assert (letter.attempts, letter.error) == (3, "RuntimeError: as told")
        assert await revive(session, [letter.id]) == 1
    [row] = await rows(runtime)
    assert (row.consumer, row.payload, row.attempts, row.sent_at) == ("fail", {"note": "mine"}, 0, None)
    async with runtime.database.begin() as session:
        assert list(await session.scalars(select(DeadLetter))) == []


async def test_a_consumer_that_tells_a_person_leaves_no_dead_letter(runtime: Runtime) -> None:
    ids = await put(runtime, "fail_told")
    await carry(runtime, "fail_told", ids)
    assert await rows(runtime) == []
    assert await effects(runtime) == [(ids[0], "told: as told")]


async def test_work_whose_telling_fails_too_is_still_not_lost(runtime: Runtime) -> None:
    await carry(runtime, "fail_badly", await put(runtime, "fail_badly"))
    async with runtime.database.begin() as session:
        letter = (await session.scalars(select(DeadLetter))).one()
    assert letter.error == "RuntimeError: as told; then RuntimeError: cannot tell"


async def test_what_only_a_person_can_mend_is_told_at_once(runtime: Runtime) -> None:
    ids = await put(runtime, "person")
    await carry(runtime, "person", ids)
    assert await rows(runtime) == []
    assert await effects(runtime) == [(ids[0], "told: the store refuses the key")]


async def test_what_another_worker_holds_is_left_as_it_is(runtime: Runtime) -> None:
    ids = await put(runtime, "leave")
    before = await rows(runtime)
    await carry(runtime, "leave", ids)
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (0, before[0].sent_at)


async def test_what_is_leased_is_looked_at_again_when_the_lease_ends(runtime: Runtime) -> None:
    ids = await put(runtime, "leave_until", attempts=2)
    before = utc_now()
    await carry(runtime, "leave_until", ids)
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (2, None)
    assert timedelta(seconds=39) <= row.not_before - before <= timedelta(seconds=42)


async def test_waiting_for_our_turn_is_no_attempt(runtime: Runtime) -> None:
    ids = await put(runtime, "not_now")
    before = utc_now()
    await carry(runtime, "not_now", ids)
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (0, None)
    assert timedelta(seconds=6) <= row.not_before - before <= timedelta(seconds=9)


@pytest.mark.parametrize("consumer", ["lose_database", "find_no_database"])
async def test_a_database_that_is_away_costs_no_attempt(runtime: Runtime, consumer: str) -> None:
    ids = await put(runtime, consumer)
    before = utc_now()
    await carry(runtime, consumer, ids)
    [row] = await rows(runtime)
    assert (row.id, row.attempts, row.sent_at) == (ids[0], 0, None)
    assert timedelta(seconds=1) <= row.not_before - before <= timedelta(seconds=5)
    async with runtime.database.begin() as session:
        assert list(await session.scalars(select(DeadLetter))) == []


@pytest.mark.parametrize("consumer", ["ask_nonsense", "find_no_store"])
async def test_what_only_looks_like_a_database_that_is_away_counts(runtime: Runtime, consumer: str) -> None:
    await carry(runtime, consumer, await put(runtime, consumer))
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (1, None)


async def test_a_handler_that_does_not_end_its_work_has_failed(runtime: Runtime) -> None:
    await carry(runtime, "forget", await put(runtime, "forget"))
    [row] = await rows(runtime)
    assert (row.attempts, row.sent_at) == (1, None)


async def test_of_twins_that_fail_together_one_counts(runtime: Runtime) -> None:
    ids = await put(runtime, "fail")
    await asyncio.gather(carry(runtime, "fail", ids), carry(runtime, "fail", ids))
    [row] = await rows(runtime)
    assert row.attempts in (1, 2)  # 2 when one came after the other had put the row back
    assert row.sent_at is None


async def test_a_batch_is_one_transaction(runtime: Runtime) -> None:
    ids = await put(runtime, "together", {}, {}, {})
    await carry(runtime, "together", ids)
    assert await effects(runtime) == [(number, "of 3") for number in ids]
    assert await rows(runtime) == []


async def test_one_bad_piece_of_a_batch_does_not_stop_the_others(runtime: Runtime) -> None:
    ids = await put(runtime, "together", {"note": "a"}, {"bad": True}, {"note": "c"})
    await carry(runtime, "together", ids)
    assert await effects(runtime) == [(ids[0], "a"), (ids[2], "c")]
    assert [(row.id, row.attempts) for row in await rows(runtime)] == [(ids[1], 1)]


async def test_overlapping_batches_do_each_piece_once(runtime: Runtime) -> None:
    ids = await put(runtime, "together", *({} for _ in range(10)))
    await asyncio.gather(
        *(carry(runtime, "together", part) for part in (ids, ids[::-1], ids[:5], ids[5:], ids[3:8])),
    )
    assert sorted(work for work, _ in await effects(runtime)) == ids
    assert await rows(runtime) == []


async def test_work_that_nobody_knows_stays(runtime: Runtime) -> None:
    ids = await put(runtime, "of_a_newer_version")
    await carry(runtime, "of_a_newer_version", ids)
    [row] = await rows(runtime)
    assert row.attempts == 0


async def test_a_coalesced_wish_that_fails_does_not_collide_with_its_successor(runtime: Runtime) -> None:
    async with runtime.database.begin() as session:
        await enqueue(session, "fail", "order:1", coalesce=True)
        [row] = await session.scalars(select(OutboxRow))
        row.sent_at = utc_now()
    async with runtime.database.begin() as session:
        await enqueue(session, "fail", "order:1", coalesce=True)
        await enqueue(session, "fail", "order:1", coalesce=True)
    first, second = await rows(runtime)
    await carry(runtime, "fail", [first.id])
    assert [(row.id, row.attempts, row.sent_at) for row in await rows(runtime)] == [
        (first.id, 1, None),
        (second.id, 0, None),
    ]


@pytest.mark.parametrize("correlation", ["abc-1", None])
async def test_the_correlation_id_travels_with_the_work(runtime: Runtime, correlation: str | None) -> None:
    from structlog.contextvars import bound_contextvars, get_contextvars

    from jobs.work import Consumer, Work, finishing

    seen: list[str] = []

    def handle(runtime: Runtime, work: Work) -> None:
        runtime.run(inner(runtime, work))

    async def inner(runtime: Runtime, work: Work) -> None:
        async with finishing(runtime, work) as session:
            seen.append(get_contextvars()["correlation_id"])
            await enqueue(session, "next", "thing:2")

    with bound_contextvars(**({"correlation_id": correlation} if correlation else {})):
        ids = await put(runtime, "look")
    table = {"look": Consumer(queue="push", handle=handle)}
    await asyncio.to_thread(carry_out, runtime, table, "look", ids)
    [follow_up] = await rows(runtime)
    assert seen == [correlation or f"outbox-{ids[0]}"]
    assert follow_up.correlation_id == seen[0]
