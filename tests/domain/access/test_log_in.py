"""Logging in: who comes in, who does not, and that nobody learns why (spec SEC-2)."""

import asyncio
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.access.hashing import Passwords, TooBusy
from domain.access.log_in import LoggedIn, LogIn, LogInRefused, log_in
from domain.access.models import User, UserSession
from domain.access.sessions import MOST, Limits
from domain.audit.models import AuditEntry
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.secrets import digest
from tests.domain.access.people import MEMORY_KIB, PASSWORD, VAULT, WRONG, attempt, cheap, make_person

pytestmark = pytest.mark.spec("SEC-2")

LIMITS = Limits()


async def person(database: Database, **fields: object) -> User:
    async with database.begin() as session:
        return await make_person(session, **fields)  # type: ignore[arg-type]


async def as_kept(database: Database, user: User) -> User:
    async with database.begin() as session:
        return (await session.scalars(select(User).where(User.id == user.id))).one()


async def change(database: Database, user: User, **values: object) -> None:
    async with database.begin() as session:
        await session.execute(update(User).where(User.id == user.id).values(**values))


async def refused(database: Database, *tries: LogIn, passwords: Passwords | None = None) -> list[str]:
    """The words of each refusal."""
    known = passwords or cheap(waiting=5_000)
    side_by_side = asyncio.Semaphore(20)

    async def attempted(one: LogIn) -> LoggedIn:
        async with side_by_side:
            return await log_in(database, known, VAULT, LIMITS, one)

    outs = await asyncio.gather(*map(attempted, tries), return_exceptions=True)
    assert all(isinstance(out, LogInRefused) for out in outs), outs
    return [str(out) for out in outs]


async def test_a_session_begins_and_its_token_is_kept_nowhere(database: Database) -> None:
    user = await person(database, email="Ana.Pop@Shop.Example")
    done = await log_in(database, cheap(), VAULT, LIMITS, attempt(" ANA.POP@shop.example "))
    assert isinstance(done, LoggedIn) and done.user.id == user.id
    assert done.opened.token.startswith("omnis_")
    async with database.begin() as session:
        [row] = await session.scalars(select(UserSession))
    assert row.token_hash == digest(done.opened.token)
    assert row.idle_until is not None and row.idle_until - row.created_at == LIMITS.idle
    assert row.expires_at - row.created_at == LIMITS.absolute


async def test_an_accent_may_be_composed_either_way(database: Database) -> None:
    user = await person(database, password="grădină cu zarzăre")
    decomposed = "gra\u0306dina\u0306 cu zarza\u0306re"
    assert (await log_in(database, cheap(), VAULT, LIMITS, attempt(user, decomposed))).user.id == user.id


async def test_whoever_may_not_come_in_hears_the_same(database: Database) -> None:
    known, locked, gone, empty = [
        await person(database, password=password) for password in (PASSWORD, PASSWORD, PASSWORD, None)
    ]
    await change(database, locked, locked_until=utc_now() + timedelta(minutes=1))
    await change(database, gone, disabled_at=utc_now())
    tries = [
        *(attempt(known, WRONG), attempt("nobody@shop.example"), attempt("no address"), attempt("")),
        *(attempt(locked), attempt(locked, WRONG), attempt(gone), attempt(empty), attempt(empty, "")),
        *(attempt(known, ""), attempt(known, PASSWORD + " "), attempt(known, "x" * 2_000)),
    ]
    assert len(set(await refused(database, *tries))) == 1
    async with database.begin() as session:
        assert (await session.scalars(select(UserSession))).all() == []


async def test_ten_failures_lock_and_each_lock_is_longer(database: Database) -> None:
    user = await person(database)
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        await change(database, user, locked_until=utc_now() - timedelta(seconds=1))
        before = utc_now()
        await refused(database, *[attempt(user, WRONG)] * (10 if minutes == 1 else 1))
        until = (await as_kept(database, user)).locked_until
        assert until is not None
        assert timedelta(0) <= until - before - timedelta(minutes=minutes) < timedelta(seconds=50)
        await refused(database, attempt(user))
    await change(database, user, locked_until=utc_now() - timedelta(seconds=1))
    await log_in(database, cheap(), VAULT, LIMITS, attempt(user))
    kept = await as_kept(database, user)
    assert (kept.failed_logins, kept.lockouts, kept.locked_until) == (0, 0, None)


async def test_twenty_who_fail_at_once_are_counted_each_and_lock_once(database: Database) -> None:
    user = await person(database)
    await refused(database, *[attempt(user, WRONG)] * 20)
    kept = await as_kept(database, user)
    assert (kept.failed_logins, kept.lockouts) == (20, 1)


async def test_a_thousand_guesses_open_nothing_even_with_the_right_one_among_them(database: Database) -> None:
    user = await person(database)
    passwords = cheap(waiting=5_000)
    await refused(database, *[attempt(user, WRONG)] * 10, passwords=passwords)
    guesses = [attempt(user, PASSWORD if place == 700 else f"{WRONG} {place}") for place in range(990)]
    await refused(database, *guesses, passwords=passwords)
    kept = await as_kept(database, user)
    assert kept.failed_logins == 999 and kept.locked_until is not None
    async with database.begin() as session:
        assert (await session.scalars(select(UserSession))).all() == []


async def test_a_password_that_was_changed_while_it_was_compared_is_none(database: Database) -> None:
    user = await person(database)

    class Slow(Passwords):
        async def fits(self, kept: str | None, password: str) -> bool:
            fits = await super().fits(kept, password)
            await change(database, user, password_hash=await self.hash("another pony battery"))
            return fits

    await refused(database, attempt(user), passwords=Slow(MEMORY_KIB))


async def test_an_old_hash_is_made_anew(database: Database) -> None:
    user = await person(database)
    stronger = Passwords(MEMORY_KIB * 2)
    await log_in(database, stronger, VAULT, LIMITS, attempt(user))
    kept = (await as_kept(database, user)).password_hash
    assert kept is not None and kept != user.password_hash and not stronger.is_old(kept)
    await log_in(database, stronger, VAULT, LIMITS, attempt(user))


async def test_more_than_can_be_looked_at_are_told_to_come_back() -> None:
    passwords = cheap(at_once=1, waiting=2)
    outs = await asyncio.gather(*(passwords.fits(None, PASSWORD) for _ in range(12)), return_exceptions=True)
    assert [type(out) for out in outs] == [bool] * 3 + [TooBusy] * 9


async def test_a_person_has_so_many_sessions(database: Database) -> None:
    user = await person(database)
    for _ in range(MOST + 2):
        await log_in(database, cheap(), VAULT, LIMITS, attempt(user))
    async with database.begin() as session:
        rows = (await session.scalars(select(UserSession).order_by(UserSession.created_at))).all()
    assert [row.revoked_at is not None for row in rows] == [True] * 2 + [False] * MOST


async def test_who_nobody_is_costs_as_much_as_a_wrong_password(database: Database) -> None:
    """Taken in turns, so that whatever else the machine does is shared; the medians differ by a small part of what
    the comparison of a password costs."""
    user = await person(database, password=None)
    passwords = Passwords(8_192)
    await change(database, user, password_hash=await passwords.hash(PASSWORD))
    await refused(database, attempt("nobody@shop.example"), passwords=passwords)
    ratios = []
    for _ in range(3):
        taken: dict[str, list[float]] = {"nobody@shop.example": [], user.email: []}
        for _ in range(15):
            for email, times in taken.items():
                await change(database, user, failed_logins=0, locked_until=None)
                began = time.perf_counter()
                await refused(database, attempt(email, WRONG), passwords=passwords)
                times.append(time.perf_counter() - began)
        unknown, known = (statistics.median(times) for times in taken.values())
        ratios.append(unknown / known)
        if 0.8 < ratios[-1] < 1.25:
            return
    raise AssertionError(f"unknown people cost another price: {ratios}")


async def test_a_lock_is_told_in_the_audit_log_once(database: Database) -> None:
    user = await person(database)
    await refused(database, *(attempt(user, WRONG) for _ in range(12)))
    async with database.begin() as session:
        told = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "person.locked"))).all()
    assert [(entry.subject_id, entry.actor) for entry in told] == [(str(user.id), "system")]
    assert told[0].after is not None and told[0].after["failed"] == 10
