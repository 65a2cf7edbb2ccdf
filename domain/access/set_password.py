"""A new password: one's own, or for somebody else (spec SEC-2)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, NotFound, invalid
from domain.kernel.versions import check_version

from .hashing import Passwords
from .lockout import count_failure
from .log_in import Account, LogInRefused, Units, admitted
from .mail_tokens import use_tokens
from .models import User
from .passwords import password_problem
from .people_rules import locked_person
from .sessions import end_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """For somebody else, who is told it by other ways."""

    user_id: UUID
    expected_version: int
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """One's own. `session_id` is the session that is used, which goes on."""

    old: str
    new: str
    session_id: UUID | None = None


async def set_password(session: AsyncSession, actor: Actor, passwords: Passwords, command: SetPassword) -> User:
    """Sets it, ends all that the person has open, and opens the account if it is locked.

    Raises NotFound, StaleVersion, Invalid and `TooBusy`.
    """
    found = (await session.execute(select(User.email, User.name).where(User.id == command.user_id))).first()
    if found is None:
        raise NotFound("person", command.user_id, path=("id",))
    # Made before anything is locked: it takes a while.
    kept = await _made(passwords, "password", command.password, found.email, found.name)
    user = await locked_person(session, actor, command.user_id)
    check_version("person", command.expected_version, user.version)
    await write_password(session, actor, user, kept)
    await end_sessions(session, user.id)
    return user


async def change_password(units: Units, actor: Actor, passwords: Passwords, command: ChangePassword) -> User:
    """Sets one's own, for who knows the old one; ends one's other sessions. A wrong old one counts as a failed log-in.

    Raises `LogInRefused`, `TooBusy`, and Invalid for the new one and for callers that are no people.
    """
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise invalid((), "NO_PERSON", "A key has no password. Log in, and change your own.")
    async with units.read() as connection:
        who = User.email, User.name, User.password_hash
        found = (await connection.execute(select(*who).where(User.id == actor.id))).first()
    if found is None:
        raise NotFound("person", actor.id)
    account = Account(actor.id, found.password_hash)
    fits = await passwords.fits(account.password_hash, command.old)
    kept = await _made(passwords, "newPassword", command.new, found.email, found.name) if fits else ""
    async with units.begin() as session:
        user = await admitted(session, account, fits=fits)
        if user is not None:
            await write_password(session, actor, user, kept)
            await end_sessions(session, user.id, but=command.session_id)
            return user
        if not fits:
            await count_failure(session, account.user_id)
    raise LogInRefused


async def write_password(
    session: AsyncSession, actor: Actor, user: User, kept: str, action: str = "person.password"
) -> None:
    """Writes the hash of a new password on the person, who is locked for it; the account is open then, and links that
    were sent are worth nothing. `action` is what the audit log calls it."""
    user.password_hash = kept
    user.password_changed_at = user.updated_at = utc_now()
    user.failed_logins, user.lockouts, user.locked_until = 0, 0, None
    user.version += 1
    record(session, actor, action, "person", user.id, title=user.name)
    await session.flush()
    await use_tokens(session, user.id)


async def _made(passwords: Passwords, field: str, password: str, email: str, name: str) -> str:
    problem = password_problem((field,), password, email=email, name=name)
    if problem is not None:
        raise Invalid([problem])
    return await passwords.hash(password)
