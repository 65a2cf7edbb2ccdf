"""Saving and deleting views of the queue: each has one owner, who alone may change it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Problem, StaleVersion, invalid
from domain.kernel.texts import text_problem

from .models import OrderView

MAX_NAME = 80
MAX_COLUMNS = 50
MAX_VIEWS = 100
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveView:
    """`view_id` None makes a new one. `filter` and `sort` were checked by whoever knows their words."""

    name: str
    filter: Mapping[str, Any]
    sort: Mapping[str, Any]
    view_id: UUID | None = None
    columns: Sequence[str] = field(default_factory=tuple)
    shared: bool = False
    expected_version: int | None = None


def owner_of(actor: Actor) -> str:
    """By what a view knows its owner: a person's or key's id; a key that is made anew is somebody else."""
    return f"{actor.kind}:{actor.id or actor.label}"


async def save_view(session: AsyncSession, actor: Actor, command: SaveView) -> OrderView:
    """Makes a view of the actor's, or writes all of one. Raises Invalid (a name that the owner has already, too many
    views, somebody else's), NotFound, StaleVersion.
    """
    problems = list(_problems(command))
    if problems:
        raise Invalid(problems)
    if command.view_id is None:
        view = await _new_view(session, actor)
    else:
        view = await _own_view(session, actor, command.view_id)
        if command.expected_version not in (None, view.version):
            raise StaleVersion("view", expected=command.expected_version or 0, current=view.version)
        view.version += 1
    view.name, view.shared, view.columns = command.name.strip(), command.shared, list(command.columns)
    view.filter, view.sort, view.updated_at = dict(command.filter), dict(command.sort), utc_now()
    session.add(view)
    try:
        await session.flush()
    except IntegrityError as error:
        raise invalid(
            ("name",),
            "TAKEN",
            f"You have a view {command.name.strip()!r} already. Choose another name, or save that one.",
        ) from error
    return view


async def delete_view(session: AsyncSession, actor: Actor, view_id: UUID) -> None:
    """Raises NotFound; Invalid for somebody else's."""
    await session.delete(await _own_view(session, actor, view_id))
    await session.flush()


async def _new_view(session: AsyncSession, actor: Actor) -> OrderView:
    owner = owner_of(actor)
    have = await session.scalar(select(func.count()).select_from(OrderView).where(OrderView.owner == owner))
    if have is not None and have >= MAX_VIEWS:
        raise invalid(("name",), "TOO_MANY", f"You have {have} views, the most there may be. Delete one first.")
    return OrderView(id=new_id(), owner=owner, owner_label=actor.label, version=1, created_at=utc_now())


async def _own_view(session: AsyncSession, actor: Actor, view_id: UUID) -> OrderView:
    view = await session.scalar(select(OrderView).where(OrderView.id == view_id).with_for_update())
    if view is None or (view.owner != owner_of(actor) and not view.shared):
        raise NotFound("view", view_id, path=("id",))
    if view.owner != owner_of(actor):
        raise invalid(("id",), "NOT_YOURS", f"This view is {view.owner_label}'s. Save one of your own.")
    return view


def _problems(command: SaveView) -> Iterator[Problem]:
    name = command.name.strip()
    problem = text_problem(name, MAX_NAME)
    if not name:
        yield Problem(("name",), "MISSING", "Give the view a name.")
    elif problem or not name.isprintable():
        yield Problem(("name",), "NOT_A_TEXT", problem or "Remove the control characters.")
    if len(command.columns) > MAX_COLUMNS:
        yield Problem(("columns",), "TOO_MANY", f"Name at most {MAX_COLUMNS} columns.")
    for place, column in enumerate(command.columns[:MAX_COLUMNS]):
        if not _COLUMN.fullmatch(column):
            message = "Use up to 60 letters, digits, _ and ., a letter first."
            yield Problem(("columns", str(place)), "NOT_A_WORD", message)
