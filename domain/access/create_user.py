"""A new person of the staff (spec SEC-2)."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, Problem

from .emails import normalised
from .hashing import Passwords
from .limits import find_team
from .models import User
from .passwords import password_problem
from .people_rules import MAX_PEOPLE, Person, person_problems, shown

_NEW = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUser:
    """Without a `password` nobody logs in as them until one is set."""

    person: Person
    password: str | None = None


async def create_user(session: AsyncSession, actor: Actor, passwords: Passwords, command: CreateUser) -> User:
    """Makes the person. Raises Invalid naming every field, and `TooBusy`."""
    person = command.person
    kept = None
    given = command.password
    problem = None if given is None else password_problem(("password",), given, email=person.email, name=person.name)
    if given is not None and problem is None:
        kept = await passwords.hash(given)
    await lock_names(session, [_NEW])  # of two with one address the second is told so
    team, unknown = await find_team(session, person.team)
    problems = [*await person_problems(session, actor, person, None), *([problem] if problem else []), *unknown]
    if (await session.scalar(select(func.count()).select_from(User)) or 0) >= MAX_PEOPLE:
        problems.append(Problem(("email",), "TOO_MANY", f"A house has at most {MAX_PEOPLE} people."))
    email = normalised(person.email)
    if problems or email is None:
        raise Invalid(problems)
    now = utc_now()
    user = User(
        id=new_id(),
        email=email,
        name=person.name.strip(),
        password_hash=kept,
        password_changed_at=now if kept else None,
        roles=sorted(set(person.roles)),
        seller=person.seller_name,
        own_orders_only=person.own_orders_only,
        team_id=team.id if team else None,
        failed_logins=0,
        lockouts=0,
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(user)
    record(session, actor, "person.create", "person", user.id, title=user.name, after=shown(user))
    await session.flush()
    return user
