"""Changing who a person is and what they may (spec SEC-1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid
from domain.kernel.versions import check_version

from .administrators import administers, keep_an_administrator
from .emails import normalised
from .limits import find_team
from .mail_tokens import use_tokens
from .models import User
from .people_rules import Person, locked_person, person_problems, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateUser:
    """`person` is all of it, as it shall be."""

    user_id: UUID
    expected_version: int
    person: Person


async def update_user(session: AsyncSession, actor: Actor, command: UpdateUser) -> User:
    """Writes the person; the same again changes nothing. What the roles give reaches their sessions within seconds;
    links that went to another e-mail address are worth nothing.

    Raises NotFound, StaleVersion and Invalid.
    """
    person = command.person
    await lock_names(session, ["people"])
    user = await locked_person(session, actor, command.user_id, ends=True)
    check_version("person", command.expected_version, user.version)
    team, unknown = await find_team(session, person.team)
    problems = [*await person_problems(session, actor, person, user), *unknown]
    email = normalised(person.email)
    if problems or email is None:
        raise Invalid(problems)
    if not administers(person.roles, limited=person.own_orders_only or team is not None):
        await keep_an_administrator(session, user)
    shall_be = {
        "email": email,
        "name": person.name.strip(),
        "roles": sorted(set(person.roles)),
        "seller": person.seller_name,
        "own_orders_only": person.own_orders_only,
        "team_id": team.id if team else None,
    }
    if all(getattr(user, name) == value for name, value in shall_be.items()):
        return user
    before, moved = shown(user), email != user.email
    for name, value in shall_be.items():
        setattr(user, name, value)
    user.version += 1
    user.updated_at = utc_now()
    record(session, actor, "person.update", "person", user.id, title=user.name, before=before, after=shown(user))
    await session.flush()
    if moved:
        await use_tokens(session, user.id)
    return user
