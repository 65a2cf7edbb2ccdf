"""Who may be changed by whom, and to what (spec SEC-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.values import snapshot
from domain.kernel.actor import Actor
from domain.kernel.refusals import NotFound, Problem, invalid
from domain.kernel.slugs import name_problems
from domain.kernel.texts import text_problem

from .administrators import lock_administrators
from .emails import email_problem, normalised
from .keys import EVERY_ROLE
from .models import User
from .roles import gives_all, known_roles
from .rules import role_problems

MAX_PEOPLE = 10_000
MAX_SELLER = 200
_UNSAID = {"password_changed_at", "failed_logins", "lockouts", "locked_until"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as they shall be. `roles` are slugs, or `*`; `seller` is their name on orders; `team` a slug, whose
    channels they are limited to."""

    email: str
    name: str
    roles: Sequence[str] = ()
    seller: str | None = None
    own_orders_only: bool = False
    team: str | None = None

    @property
    def seller_name(self) -> str | None:
        return (self.seller or "").strip() or None


def shown(user: User) -> dict[str, Any]:
    """What the audit log keeps of a person: that a password was set, never which."""
    return snapshot(user, without=_UNSAID)


async def person_problems(session: AsyncSession, actor: Actor, person: Person, had: User | None) -> list[Problem]:
    """Everything that is wrong with it; `had` is the person as they are. Nobody gives a role that may what they may
    not."""
    known = {EVERY_ROLE: (), **await known_roles(session)}
    kept = () if had is None else had.roles
    problems = [*name_problems(("name",), person.name, "person"), *_seller_problems(person)]
    if problem := email_problem(("email",), person.email):
        problems.append(problem)
    problems += (
        problem for problem in role_problems(actor, person.roles, known) if _role_at(person, problem) not in kept
    )
    but = () if had is None else (User.id != had.id,)
    if await session.scalar(select(User.id).where(User.email == (normalised(person.email) or ""), *but)):
        problems.append(Problem(("email",), "TAKEN", "There is a person with this e-mail address. Change that one."))
    if person.seller_name and not text_problem(person.seller_name, MAX_SELLER):
        taken = await session.scalar(select(User.name).where(User.seller == person.seller_name, *but))
        if taken:
            problems.append(
                Problem(("seller",), "TAKEN", "Another person sells under this name. Take one of their own.")
            )
    return problems


def _seller_problems(person: Person) -> Iterator[Problem]:
    if person.seller_name is None:
        if person.own_orders_only:
            yield Problem(("seller",), "MISSING", "Who sees own orders only needs the name that these orders bear.")
    elif problem := text_problem(person.seller_name, MAX_SELLER):
        yield Problem(("seller",), "NOT_A_TEXT", problem)


def _role_at(person: Person, problem: Problem) -> str:
    return person.roles[int(problem.path[1])]


async def locked_person(session: AsyncSession, actor: Actor, user_id: UUID, *, ends: bool = False) -> User:
    """The person, for a change by this actor; `ends`: it may take an administrator away, so one at a time.

    Raises NotFound, and Invalid where the person holds a role that the actor could not give: who could set the password
    of an administrator, would be one.
    """
    if ends:
        await lock_administrators(session)
    user = await session.scalar(
        select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFound("person", user_id, path=("id",))
    if not await gives_all(session, actor, user.roles):
        raise invalid(("id",), "NOT_YOURS", "This person holds roles that you could not give. Ask somebody who could.")
    return user
