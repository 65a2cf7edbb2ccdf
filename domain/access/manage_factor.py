"""Setting one's own second factor up and taking it away; and taking away somebody else's who lost his phone."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.kernel.secrets import Vault
from domain.kernel.versions import check_version

from .hashing import Passwords
from .lockout import count_failure
from .log_in import Account, LogInRefused, Units, admitted, forgive
from .models import SecondFactor, User
from .people_rules import locked_person
from .second_factor import SecondFactorNeeded, Verdict, drop_factor, give_recovery_codes, judge, place_of, takes_totp
from .totp import new_totp_secret, setup_uri


@dataclass(frozen=True, slots=True)
class Begun:
    """What an app is set up with; shown once."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFactor:
    """One's own: whoever finds an open browser cannot do it."""

    password: str
    code: str


async def begin_factor(units: Units, actor: Actor, passwords: Passwords, vault: Vault, password: str) -> Begun:
    """A new secret for one's own app, for who gives the password; it is asked for once it is confirmed. Begun again,
    the earlier secret is worth nothing. Raises `LogInRefused`, `TooBusy`, and Invalid where one is in use."""
    account = await _own(units, actor)
    fits = await passwords.fits(account.password_hash, password)
    async with units.begin() as session:
        user = await admitted(session, account, fits=fits)
        if user is not None:
            await forgive(session, user)
            return await _written(session, vault, user)
        await _count(session, account, fits=fits)
    raise LogInRefused


async def confirm_factor(session: AsyncSession, actor: Actor, vault: Vault, code: str) -> list[str]:
    """Proves that the app works; from now on its code is asked for. Returns the recovery codes, which are kept nowhere.

    Raises `SecondFactorNeeded` for a code that does not fit, and Invalid where none was begun, or one is in use.
    """
    user = await session.scalar(select(User).where(User.id == _person(actor)).with_for_update())
    factor = None if user is None else await session.get(SecondFactor, user.id, populate_existing=True)
    if user is None or factor is None:
        raise invalid((), "NOT_BEGUN", "Begin with secondFactorBegin.")
    if factor.confirmed_at is not None:
        raise _in_use()
    if not takes_totp(vault, factor, code):
        raise SecondFactorNeeded(wrong=True)
    factor.confirmed_at = utc_now()
    record(session, actor, "person.second_factor_set", "person", user.id, title=user.name)
    return await give_recovery_codes(session, user.id)


async def remove_factor(units: Units, actor: Actor, passwords: Passwords, vault: Vault, command: RemoveFactor) -> UUID:
    """Takes one's own away. What does not fit counts as a failed log-in. Raises `LogInRefused`, `SecondFactorNeeded`,
    `TooBusy`; where there is none, nothing changes. Returns whose it is."""
    account = await _own(units, actor)
    fits = await passwords.fits(account.password_hash, command.password)
    async with units.begin() as session:
        user = await admitted(session, account, fits=fits)
        verdict = None if user is None else await judge(session, vault, user.id, command.code)
        if user is not None and verdict is not None and verdict.lets_in:
            await forgive(session, user)
            if await drop_factor(session, user.id):
                record(session, actor, "person.second_factor_removed", "person", user.id, title=user.name)
            return user.id
        await _count(session, account, fits=fits and verdict is not Verdict.WRONG)
    if verdict is None:
        raise LogInRefused
    raise SecondFactorNeeded(wrong=verdict is Verdict.WRONG)


async def reset_factor(session: AsyncSession, actor: Actor, user_id: UUID, expected_version: int | None) -> User:
    """Takes somebody's away, who lost phone and codes; a repeat changes nothing. Raises NotFound, StaleVersion, and
    what `locked_person` raises for who may not change this person."""
    user = await locked_person(session, actor, user_id)
    if expected_version is not None:
        check_version("person", expected_version, user.version)
    if await drop_factor(session, user.id):
        user.version += 1
        user.updated_at = utc_now()
        record(session, actor, "person.second_factor_reset", "person", user.id, title=user.name)
    await session.flush()
    return user


def _person(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise invalid((), "NO_PERSON", "A key has no second factor. Log in, and set up your own.")
    return actor.id


async def _own(units: Units, actor: Actor) -> Account:
    key = _person(actor)
    async with units.read() as connection:
        return Account(key, (await connection.execute(select(User.password_hash).where(User.id == key))).scalar())


async def _count(session: AsyncSession, account: Account, *, fits: bool) -> None:
    if not fits:
        await count_failure(session, account.user_id)


async def _written(session: AsyncSession, vault: Vault, user: User) -> Begun:
    factor = await session.get(SecondFactor, user.id, populate_existing=True)
    if factor is not None and factor.confirmed_at is not None:
        raise _in_use()
    secret = new_totp_secret()
    if factor is None:
        factor = SecondFactor(user_id=user.id, created_at=utc_now())
        session.add(factor)
    factor.sealed, factor.used_step = vault.seal(secret, place_of(user.id)), 0
    await session.flush()
    return Begun(secret, setup_uri(secret, user.email))


def _in_use() -> Exception:
    return invalid((), "IN_USE", "A second factor is set. Remove it with secondFactorRemove first.")
