"""The second factor: set up, asked for, used once, lost, taken away (spec SEC-2)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pyotp
import pytest
from sqlalchemy import select, update

from domain.access.lockout import FAILURES
from domain.access.log_in import LoggedIn, LogInRefused, log_in
from domain.access.manage_factor import RemoveFactor, begin_factor, confirm_factor, remove_factor, reset_factor
from domain.access.models import RecoveryCode, SecondFactor, User
from domain.access.second_factor import SecondFactorNeeded, recovery_codes_left
from domain.access.sessions import Limits
from domain.audit.models import AuditEntry
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.database import Database
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, StaleVersion
from domain.kernel.secrets import Vault
from tests.domain.access.people import PASSWORD, VAULT, WRONG, attempt, cheap, make_person

pytestmark = pytest.mark.spec("SEC-2")


@dataclass(frozen=True, slots=True)
class Ana:
    """A person whose app works."""

    database: Database
    user: User
    secret: str
    recovery: list[str]
    confirmed: int
    """The step of time of the code that confirmed it."""

    @property
    def actor(self) -> Actor:
        return actor_of(self.user)

    def code(self) -> str:
        """That of now."""
        return pyotp.TOTP(self.secret).at(utc_now())

    async def come_in(self, code: str | None, password: str = PASSWORD) -> LoggedIn:
        return await log_in(self.database, cheap(), VAULT, Limits(), attempt(self.user, password, code=code))

    async def forget_used(self) -> None:
        """As if time had passed since the last code."""
        async with self.database.begin() as session:
            await session.execute(update(SecondFactor).values(used_step=0))

    async def kept(self) -> User:
        async with self.database.begin() as session:
            return await session.get_one(User, self.user.id)


def actor_of(user: User) -> Actor:
    return Actor(ActorKind.PERSON, user.name, user.id)


async def set_up(database: Database) -> Ana:
    async with database.begin() as session:
        user = await make_person(session)
    begun = await begin_factor(database, actor_of(user), cheap(), VAULT, PASSWORD)
    step = int(utc_now().timestamp()) // 30
    async with database.begin() as session:
        recovery = await confirm_factor(session, actor_of(user), VAULT, pyotp.TOTP(begun.secret).generate_otp(step))
    return Ana(database, user, begun.secret, recovery, step)


@pytest.fixture
async def ana(database: Database) -> AsyncIterator[Ana]:
    ana = await set_up(database)
    await ana.forget_used()
    yield ana


async def test_it_is_not_asked_for_before_it_is_confirmed(database: Database) -> None:
    async with database.begin() as session:
        user = await make_person(session)
    first = await begin_factor(database, actor_of(user), cheap(), VAULT, PASSWORD)
    second = await begin_factor(database, actor_of(user), cheap(), VAULT, PASSWORD)
    assert first.secret != second.secret and second.secret in second.uri
    assert await log_in(database, cheap(), VAULT, Limits(), attempt(user))
    async with database.begin() as session:
        with pytest.raises(SecondFactorNeeded):
            await confirm_factor(session, actor_of(user), VAULT, pyotp.TOTP(first.secret).now())
        codes = await confirm_factor(session, actor_of(user), VAULT, pyotp.TOTP(second.secret).now())
    assert len(set(codes)) == 10
    with pytest.raises(SecondFactorNeeded):
        await log_in(database, cheap(), VAULT, Limits(), attempt(user))


async def test_password_and_code_come_in_and_each_alone_does_not(ana: Ana) -> None:
    with pytest.raises(SecondFactorNeeded) as lacks:
        await ana.come_in(None)
    assert lacks.value.wrong is False
    with pytest.raises(LogInRefused):
        await ana.come_in(ana.code(), WRONG)
    assert (await ana.come_in(ana.code())).user.id == ana.user.id
    assert (await ana.kept()).failed_logins == 0


async def test_a_code_is_good_once(ana: Ana) -> None:
    await ana.come_in(code := ana.code())
    with pytest.raises(SecondFactorNeeded) as again:
        await ana.come_in(code)
    assert again.value.wrong is True


async def test_the_code_that_confirmed_lets_nobody_in(database: Database) -> None:
    ana = await set_up(database)
    with pytest.raises(SecondFactorNeeded):
        await ana.come_in(pyotp.TOTP(ana.secret).generate_otp(ana.confirmed))
    assert await ana.come_in(pyotp.TOTP(ana.secret).generate_otp(ana.confirmed + 1))


async def test_of_two_who_come_with_one_code_at_once_one_gets_in(ana: Ana) -> None:
    code = ana.code()
    outs = await asyncio.gather(*(ana.come_in(code) for _ in range(5)), return_exceptions=True)
    assert sorted(type(out).__name__ for out in outs) == ["LoggedIn"] + ["SecondFactorNeeded"] * 4
    code = ana.recovery[0]
    outs = await asyncio.gather(*(ana.come_in(code) for _ in range(5)), return_exceptions=True)
    assert sorted(type(out).__name__ for out in outs) == ["LoggedIn"] + ["SecondFactorNeeded"] * 4


async def test_a_recovery_code_is_good_once_however_it_is_typed(ana: Ana) -> None:
    typed = ana.recovery[3].lower().replace("-", " ")
    assert await ana.come_in(typed)
    with pytest.raises(SecondFactorNeeded):
        await ana.come_in(ana.recovery[3])
    async with ana.database.begin() as session:
        assert await recovery_codes_left(session, ana.user.id) == 9


async def test_wrong_codes_lock_the_account_and_asking_for_the_code_forgives_none(ana: Ana) -> None:
    for number in range(FAILURES):
        with pytest.raises(SecondFactorNeeded):
            await ana.come_in("000000" if ana.code() != "000000" else "111111")
        if number < FAILURES - 1:
            with pytest.raises(SecondFactorNeeded):
                await ana.come_in(None)
    user = await ana.kept()
    assert user.failed_logins == FAILURES and user.locked_until is not None
    for code in (ana.code(), ana.recovery[0], None):
        with pytest.raises(LogInRefused):
            await ana.come_in(code)


async def test_many_wrong_codes_at_once_are_counted_each(ana: Ana) -> None:
    wrong = "000000" if ana.code() != "000000" else "111111"
    outs = await asyncio.gather(*(ana.come_in(wrong) for _ in range(FAILURES + 5)), return_exceptions=True)
    names = [type(out).__name__ for out in outs]
    assert names.count("SecondFactorNeeded") == FAILURES and names.count("LogInRefused") == 5


async def test_what_is_kept_gives_nothing_away(ana: Ana) -> None:
    async with ana.database.begin() as session:
        factor = await session.get_one(SecondFactor, ana.user.id)
        hashes = (await session.scalars(select(RecoveryCode.code_hash))).all()
        told = (await session.scalars(select(AuditEntry).order_by(AuditEntry.at))).all()
    assert ana.secret.encode() not in factor.sealed
    assert VAULT.open(factor.sealed, f"second_factor:{ana.user.id}") == ana.secret
    assert not {*ana.recovery, *(code.replace("-", "") for code in ana.recovery)} & {*hashes}
    assert [entry.action for entry in told] == ["person.create", "person.second_factor_set"]
    assert ana.secret not in str([(entry.before, entry.after) for entry in told])


async def test_with_another_houses_key_only_a_recovery_code_helps(ana: Ana) -> None:
    lost = Vault("another key of at least some length")
    come_in = attempt(ana.user, code=ana.code())
    with pytest.raises(SecondFactorNeeded):
        await log_in(ana.database, cheap(), lost, Limits(), come_in)
    come_in = attempt(ana.user, code=ana.recovery[0])
    assert await log_in(ana.database, cheap(), lost, Limits(), come_in)


async def test_it_is_begun_with_the_password_and_not_over_one_in_use(ana: Ana) -> None:
    with pytest.raises(LogInRefused):
        await begin_factor(ana.database, ana.actor, cheap(), VAULT, WRONG)
    assert (await ana.kept()).failed_logins == 1
    with pytest.raises(Invalid, match="secondFactorRemove"):
        await begin_factor(ana.database, ana.actor, cheap(), VAULT, PASSWORD)
    async with ana.database.begin() as session:
        with pytest.raises(Invalid, match="secondFactorRemove"):
            await confirm_factor(session, ana.actor, VAULT, ana.code())


async def test_a_key_has_none_and_nothing_is_confirmed_that_was_not_begun(database: Database) -> None:
    with pytest.raises(Invalid, match="A key has no second factor"):
        await begin_factor(database, KEY, cheap(), VAULT, PASSWORD)
    async with database.begin() as session:
        user = await make_person(session)
        with pytest.raises(Invalid, match="secondFactorBegin"):
            await confirm_factor(session, actor_of(user), VAULT, "123456")


KEY = Actor(ActorKind.KEY, "desk", None)


async def remove(ana: Ana, password: str, code: str) -> None:
    await remove_factor(ana.database, ana.actor, cheap(), VAULT, RemoveFactor(password=password, code=code))


async def test_it_is_taken_away_with_password_and_code(ana: Ana) -> None:
    with pytest.raises(LogInRefused):
        await remove(ana, WRONG, ana.code())
    with pytest.raises(SecondFactorNeeded):
        await remove(ana, PASSWORD, "no code")
    assert (await ana.kept()).failed_logins == 2
    await remove(ana, PASSWORD, ana.recovery[0])
    await remove(ana, PASSWORD, "")
    assert await ana.come_in(None)
    async with ana.database.begin() as session:
        assert await recovery_codes_left(session, ana.user.id) == 0
        actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.at))).all()
    assert actions[1:] == ["person.second_factor_set", "person.second_factor_removed"]


async def test_somebody_else_takes_it_away_who_holds_the_same_roles(ana: Ana) -> None:
    admin = Actor(ActorKind.PERSON, "Boss", every_role=True)
    async with ana.database.begin() as session:
        with pytest.raises(NotFound):
            await reset_factor(session, admin, new_id(), None)
        with pytest.raises(StaleVersion):
            await reset_factor(session, admin, ana.user.id, 9)
        version = (await reset_factor(session, admin, ana.user.id, 1)).version
        assert (await reset_factor(session, admin, ana.user.id, None)).version == version == 2
    assert await ana.come_in(None)
    async with ana.database.begin() as session:
        await session.execute(update(User).values(roles=["warehouse"]))
        with pytest.raises(Invalid, match="roles that you could not give"):
            await reset_factor(session, Actor(ActorKind.PERSON, "Eve"), ana.user.id, None)
