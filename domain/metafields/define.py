"""Declaring a metafield, changing and retiring it (spec EXT-1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record, record_written
from domain.audit.values import snapshot
from domain.catalog.models import Variant
from domain.customers.models import Customer
from domain.kernel.actor import Actor, Permission
from domain.kernel.clock import utc_now
from domain.kernel.database import Base
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, Problem, StaleVersion, invalid
from domain.kernel.texts import TEXT_LIMIT, text_problem
from domain.orders.models import Order, OrderLine

from .models import FieldKind, MetafieldDefinition, Owner
from .rules import key_problem
from .values import MAX_VALUES

MAX_TITLE = 200
MAX_CHOICES = 100
MAX_CHOICE = 100
TABLES: dict[Owner, type[Base]] = {
    Owner.ORDER: Order,
    Owner.LINE: OrderLine,
    Owner.CUSTOMER: Customer,
    Owner.PRODUCT: Variant,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineMetafield:
    """A field as it shall be, found or made by owner and key. `expected_version` None asks for no check."""

    owner: Owner
    key: str
    kind: FieldKind
    title: str
    choices: Sequence[str] = ()
    description: str | None = None
    filterable: bool = False
    permission: str | None = None
    expected_version: int | None = None


async def define_metafield(session: AsyncSession, actor: Actor, command: DefineMetafield) -> MetafieldDefinition:
    """Writes the field; one that was retired is in use again, with the values that it had. The same again changes
    nothing.

    Raises StaleVersion, and Invalid naming every wrong field: IN_USE for another type, or for a choice that goes, while
    there are values.
    """
    problems = list(_problems(command))
    if problems:
        raise Invalid(problems)
    await lock_names(session, [lock_of(command.owner)])
    row = await _find(session, command.owner, command.key)
    if row is None:
        await _room(session, command.owner)
        now = utc_now()
        row = MetafieldDefinition(id=new_id(), owner=command.owner, key=command.key, version=0, created_at=now)
        session.add(row)
    else:
        _check_version(row, command.expected_version)
        await _check_use(session, row, command)
    before = snapshot(row) if row.version else None
    row.kind, row.title, row.choices = command.kind, command.title.strip(), list(command.choices)
    row.description, row.filterable, row.permission = command.description, command.filterable, command.permission
    row.retired_at = None
    if snapshot(row) != before:
        row.version += 1
        row.updated_at = utc_now()
    record_written(session, actor, "metafield", row, before, title=row.title)
    await session.flush()
    return row


async def retire_metafield(
    session: AsyncSession, actor: Actor, owner: Owner, key: str, expected_version: int | None = None
) -> MetafieldDefinition:
    """Takes a field out of use; its values are kept, unseen. Repeated, it changes nothing. Raises NotFound and
    StaleVersion."""
    await lock_names(session, [lock_of(owner)])
    row = await _find(session, owner, key)
    if row is None:
        raise NotFound("metafield", key, path=("key",))
    _check_version(row, expected_version)
    if row.retired_at is None:
        row.retired_at = row.updated_at = utc_now()
        row.version += 1
        record(session, actor, "metafield.retire", "metafield", row.id, title=row.title)
    await session.flush()
    return row


def lock_of(owner: Owner) -> str:
    """The name that who changes an owner's fields holds alone, and who sets values holds with others."""
    return f"metafields:{owner}"


async def _find(session: AsyncSession, owner: Owner, key: str) -> MetafieldDefinition | None:
    query = select(MetafieldDefinition).where(MetafieldDefinition.owner == owner, MetafieldDefinition.key == key)
    return await session.scalar(query.execution_options(populate_existing=True))


async def _room(session: AsyncSession, owner: Owner) -> None:
    count = await session.scalar(
        select(func.count()).select_from(MetafieldDefinition).where(MetafieldDefinition.owner == owner)
    )
    if (count or 0) >= MAX_VALUES:
        raise invalid(("key",), "TOO_MANY", f"There are at most {MAX_VALUES} fields of one owner, retired ones too.")


def _check_version(row: MetafieldDefinition, expected: int | None) -> None:
    if expected is not None and expected != row.version:
        raise StaleVersion("metafield", expected=expected, current=row.version)


async def _check_use(session: AsyncSession, row: MetafieldDefinition, command: DefineMetafield) -> None:
    column = TABLES[row.owner].__table__.c.metafields
    value = column[row.key]
    if row.kind is not command.kind:
        if await session.scalar(select(literal_column("1")).where(column.has_key(row.key)).limit(1)):
            raise invalid(("kind",), "IN_USE", f"There are values of the type {row.kind}; declare another key.")
    elif gone := sorted(set(row.choices) - set(command.choices)):
        used = await session.scalar(select(value.astext).where(value.astext.in_(gone)).limit(1))
        if used is not None:
            raise invalid(("choices",), "IN_USE", f"{used} is in use; keep it among the choices.")


def _problems(command: DefineMetafield) -> Iterator[Problem]:
    if problem := key_problem(command.key):
        yield Problem(("key",), "BAD_KEY", problem)
    if not command.title.strip():
        yield Problem(("title",), "MISSING", "Give it a title that people recognise.")
    elif problem := text_problem(command.title, MAX_TITLE):
        yield Problem(("title",), "NOT_A_TEXT", problem)
    if command.description is not None and (problem := text_problem(command.description, TEXT_LIMIT)):
        yield Problem(("description",), "NOT_A_TEXT", problem)
    if command.permission is not None and command.permission not in set(Permission):
        yield Problem(("permission",), "UNKNOWN_PERMISSION", f"Use one of {', '.join(Permission)}.")
    yield from _choice_problems(command)


def _choice_problems(command: DefineMetafield) -> Iterator[Problem]:
    if command.kind is not FieldKind.CHOICE:
        if command.choices:
            yield Problem(("choices",), "NOT_WANTED", "Only a CHOICE has choices.")
        return
    if not command.choices:
        yield Problem(("choices",), "EMPTY", "Name at least one choice.")
    if len(command.choices) > MAX_CHOICES:
        yield Problem(("choices",), "TOO_MANY", f"Name at most {MAX_CHOICES} choices.")
        return
    for place, word in enumerate(command.choices):
        if not word.strip():
            yield Problem(("choices", str(place)), "MISSING", "Give a word.")
        elif problem := text_problem(word, MAX_CHOICE):
            yield Problem(("choices", str(place)), "NOT_A_TEXT", problem)
        elif word in command.choices[:place]:
            yield Problem(("choices", str(place)), "TWICE", "Name each choice once.")
