"""Making and changing a role (spec SEC-1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.audit.values import snapshot
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, StaleVersion

from .administrators import keep_the_role, lock_administrators
from .models import Role
from .presets import ADMINISTRATOR
from .roles import taken_away
from .rules import MAX_ROLES, permission_problems, slug_problem, title_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertRole:
    """`permissions` are all that the role shall have. `expected_version` None asks for no check."""

    slug: str
    title: str
    permissions: Sequence[str]
    expected_version: int | None = None


async def upsert_role(session: AsyncSession, actor: Actor, command: UpsertRole) -> Role:
    """Writes the role; the same again changes nothing. Nobody can add or take away a permission that they do not
    have, and somebody can always administer the house.

    Raises Invalid naming every wrong field, and StaleVersion.
    """
    problem = slug_problem(command.slug)
    if command.slug == ADMINISTRATOR:
        await lock_administrators(session)
    role = None if problem else await _find(session, command.slug)
    problems = [Problem(("slug",), "BAD_SLUG", problem)] if problem else []
    problems += title_problems(("title",), command.title)
    problems += permission_problems(actor, command.permissions, role.permissions if role else ())
    if role is not None and (lost := taken_away(actor, role.permissions, command.permissions)):
        message = f"You can only take away what you may do yourself; {', '.join(lost)} is not yours."
        problems.append(Problem(("permissions",), "NOT_YOURS", message))
    if (
        role is None
        and not problems
        and (await session.scalar(select(func.count()).select_from(Role)) or 0) >= MAX_ROLES
    ):
        problems.append(Problem(("slug",), "TOO_MANY", f"A house has at most {MAX_ROLES} roles."))
    if problems:
        raise Invalid(problems)
    made = False
    if role is None:
        made = await _insert(session, command)
        role = await _find(session, command.slug)
        assert role is not None
    if command.expected_version not in (None, role.version):
        raise StaleVersion("role", expected=command.expected_version or 0, current=role.version)
    if command.slug == ADMINISTRATOR and Permission.ACCESS_EDIT not in command.permissions:
        await keep_the_role(session)
    before = None if made else snapshot(role)
    _write(role, command)
    record_written(session, actor, "role", role, before, title=role.title)
    await session.flush()
    return role


async def _find(session: AsyncSession, slug: str) -> Role | None:
    query = select(Role).where(Role.slug == slug).with_for_update().execution_options(populate_existing=True)
    return await session.scalar(query)


async def _insert(session: AsyncSession, command: UpsertRole) -> bool:
    """Whether it was made now: of two who make it at once the second waits, and then changes what the first made."""
    now = utc_now()
    made = await session.scalar(
        insert(Role)
        .values(
            id=new_id(),
            slug=command.slug,
            title=command.title.strip(),
            permissions=sorted(set(command.permissions)),
            version=1,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Role.id)
    )
    return made is not None


def _write(role: Role, command: UpsertRole) -> None:
    title, permissions = command.title.strip(), sorted(set(command.permissions))
    if (role.title, role.permissions) == (title, permissions):
        return
    role.title, role.permissions = title, permissions
    role.version += 1
    role.updated_at = utc_now()
