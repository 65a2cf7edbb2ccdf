"""Logging in with e-mail address and password (spec SEC-2).

Whoever may not come in learns nothing of why: for an address that nobody has, a wrong password, a locked account and
one that was disabled the answer has the same words and the same price, which is one comparison of a password.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.kernel.clock import utc_now
from domain.kernel.refusals import Refusal
from domain.kernel.secrets import Vault

from .emails import normalised
from .hashing import Passwords
from .lockout import count_failure
from .models import User
from .second_factor import SecondFactorNeeded, Verdict, judge
from .sessions import Limits, Opened, Visitor, open_session

_NOBODY = UUID(int=0)


class Units(Protocol):
    """What gives connections: a `Database`, or who stands before it."""

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]: ...

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]: ...


class LogInRefused(Refusal):
    """Nobody came in. Why is not said."""

    code = "LOG_IN_REFUSED"

    def __init__(self) -> None:
        super().__init__("E-mail or password is wrong, or the account is locked: wait or reset the password.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    email: str
    password: str
    code: str | None = None
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class LoggedIn:
    user: User
    opened: Opened


@dataclass(frozen=True, slots=True)
class Account:
    """What is compared: whose it is, and what is kept of the password."""

    user_id: UUID
    password_hash: str | None


async def log_in(units: Units, passwords: Passwords, vault: Vault, limits: Limits, command: LogIn) -> LoggedIn:
    """Opens a session. A failure is counted even though nothing else is done; a wrong code is one too.

    Raises `LogInRefused`, `SecondFactorNeeded` (the password is right) and `TooBusy`.
    """
    async with units.read() as connection:
        account = await find_account(connection, command.email)
    fits = await passwords.fits(account.password_hash, command.password)
    again = None
    if fits and account.password_hash and passwords.is_old(account.password_hash):
        again = await passwords.hash(command.password)
    async with units.begin() as session:
        user = await admitted(session, account, fits=fits)
        verdict = Verdict.NOT_ASKED if user is None else await judge(session, vault, user.id, command.code)
        if user is not None and verdict.lets_in:
            await forgive(session, user)
            user.password_hash = again or user.password_hash
            return LoggedIn(user, await open_session(session, user.id, command.visitor, limits))
        # A code that lacks is no failure: whoever asks for it has given the password only.
        failed = not fits or verdict is Verdict.WRONG
        await count_failure(session, account.user_id if failed else _NOBODY)
    if verdict.lets_in:
        raise LogInRefused
    raise SecondFactorNeeded(wrong=verdict is Verdict.WRONG)


async def find_account(connection: AsyncConnection, email: str) -> Account:
    """The account of this address; for one that nobody has, an account that nothing fits."""
    # An address that is none is looked up too: to find nothing takes as long.
    wanted = normalised(email) or ""
    row = (await connection.execute(select(User.id, User.password_hash).where(User.email == wanted))).first()
    return Account(_NOBODY, None) if row is None else Account(row.id, row.password_hash)


async def admitted(session: AsyncSession, account: Account, *, fits: bool) -> User | None:
    """The person, if the password fitted and they may come in now. Looked at under a lock: of a thousand guesses at
    once, the right one is of no use once the wrong ones have locked the account. A password that did not fit comes this
    way too, so that it costs the same.
    """
    now: datetime = utc_now()
    user = await session.scalar(
        select(User).where(User.id == account.user_id).with_for_update().execution_options(populate_existing=True)
    )
    if not fits or user is None or user.disabled_at is not None or user.password_hash != account.password_hash:
        return None
    if user.locked_until is not None and user.locked_until > now:
        return None
    return user


async def forgive(session: AsyncSession, user: User) -> None:
    """Forgets the failures of who has come in."""
    user.failed_logins, user.lockouts, user.locked_until = 0, 0, None
    await session.flush()
