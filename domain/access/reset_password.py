"""Setting a password by a link that came by mail (spec SEC-2)."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor, ActorKind
from domain.kernel.clock import utc_now
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import Invalid, Refusal, invalid
from domain.kernel.settings import Settings

from .emails import email_problem, normalised
from .hashing import Passwords
from .log_in import Units
from .mail_tokens import token_owner
from .models import User
from .passwords import password_problem
from .people_rules import locked_person
from .sessions import end_sessions
from .set_password import write_password

MAIL_PERSON = "mail_person"
"""The consumer that writes to people of the staff."""
RESET, INVITATION = "password_reset", "invitation"
"""The letters that it knows."""


class TokenRefused(Refusal):
    """The link was used, has expired, or never was; which of them is not said."""

    code = "TOKEN_REFUSED"

    def __init__(self) -> None:
        super().__init__("This link was used, or is too old. Ask for a new one.", path=("token",))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword:
    token: str = field(repr=False)
    password: str = field(repr=False)


def check_mail(settings: Settings) -> None:
    """Raises Invalid where this house sends no mails."""
    if settings.smtp is None:
        message = "This house sends no mails. Ask an administrator for a link: omnisales people reset-link makes one."
        raise invalid((), "NO_MAIL_SERVER", message)


async def ask_reset(session: AsyncSession, email: str) -> None:
    """Asks for the mail. Whether there is such a person is looked up by who sends it, so that here each address costs
    the same; several that are asked for before the first is sent are one. Raises Invalid for what is no address."""
    address = normalised(email)
    if address is None:
        problem = email_problem(("email",), email)
        raise Invalid([problem] if problem else [])
    aggregate = f"mail_person:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    payload = {"letter": RESET, "email": address, "asked_at": utc_now().isoformat()}
    await enqueue(session, MAIL_PERSON, aggregate, payload, coalesce=True)


async def ask_invitation(session: AsyncSession, actor: Actor, user_id: UUID) -> User:
    """Asks for a mail by which the person sets the first password. Raises NotFound, and Invalid for who has one."""
    user = await locked_person(session, actor, user_id)
    if user.password_hash is not None:
        raise invalid(("id",), "HAS_PASSWORD", "They have a password already. They can reset it by themselves.")
    if user.disabled_at is not None:
        raise invalid(("id",), "DISABLED", "This person is disabled. Enable them first.")
    payload = {"letter": INVITATION, "user_id": str(user.id), "by": actor.label}
    await enqueue(session, MAIL_PERSON, f"mail_person:{user.id}", payload, coalesce=True)
    record(session, actor, "person.invite", "person", user.id, title=user.name)
    return user


async def reset_password(units: Units, passwords: Passwords, command: ResetPassword) -> User:
    """Sets the password of whose token it is, ends all that the person has open and all tokens, and opens the account
    if it is locked. A second factor stays. Raises `TokenRefused`, Invalid for the password, and `TooBusy`.
    """
    async with units.begin() as session:
        user = await _owner(session, command.token, lock=False)
        problem = password_problem(("password",), command.password, email=user.email, name=user.name)
    if problem is not None:
        raise Invalid([problem])
    # Made before anything is locked: it takes a while.
    kept = await passwords.hash(command.password)
    async with units.begin() as session:
        user = await _owner(session, command.token, lock=True)
        person = Actor(ActorKind.PERSON, user.name, user.id)
        await write_password(session, person, user, kept, "person.password_reset")
        await end_sessions(session, user.id)
        return user


async def _owner(session: AsyncSession, token: str, *, lock: bool) -> User:
    """The person, whose token is looked at again once they are locked: of two who use it at once, one wins."""
    owner = await token_owner(session, token)
    query = select(User).where(User.id == owner, User.disabled_at.is_(None))
    user = await session.scalar(query.with_for_update() if lock else query)
    if user is None or (lock and await token_owner(session, token) is None):
        raise TokenRefused
    return user
