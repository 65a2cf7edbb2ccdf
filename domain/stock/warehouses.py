"""Warehouses (spec STK-1)."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.audit.values import snapshot
from domain.channels.models import Channel
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, StaleVersion
from domain.kernel.texts import text_problem

from .models import Warehouse

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertWarehouse:
    """A warehouse found or made by its code. `expected_version` guards one that is there; None asks for no check."""

    code: str
    name: str
    active: bool = True
    expected_version: int | None = None


async def upsert_warehouse(session: AsyncSession, actor: Actor, command: UpsertWarehouse) -> Warehouse:
    """Makes or changes a warehouse. One that channels ship from cannot be switched off.

    Raises Invalid naming every wrong field, StaleVersion.
    """
    problems = _problems(command)
    if problems:
        raise Invalid(problems)
    await session.execute(
        insert(Warehouse)
        .values(id=new_id(), code=command.code, name=command.name.strip(), active=command.active, version=0)
        .on_conflict_do_nothing(index_elements=["code"])
    )
    found = (
        await session.scalars(
            select(Warehouse)
            .where(Warehouse.code == command.code)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()
    if found.version and command.expected_version not in (None, found.version):
        assert command.expected_version is not None
        raise StaleVersion("warehouse", expected=command.expected_version, current=found.version)
    if not command.active:
        await _check_unused(session, found)
    before = snapshot(found) if found.version else None
    found.name, found.active = command.name.strip(), command.active
    found.version += 1
    record_written(session, actor, "warehouse", found, before, title=found.name)
    await session.flush()
    return found


async def _check_unused(session: AsyncSession, warehouse: Warehouse) -> None:
    used = await session.scalars(
        select(Channel.slug).where(Channel.warehouse_id == warehouse.id, Channel.enabled).order_by(Channel.slug)
    )
    slugs = ", ".join(used)
    if slugs:
        words = f"The channels {slugs} ship from {warehouse.code}. Give them another warehouse first."
        raise Invalid([Problem(("active",), "IN_USE", words)])


def _problems(command: UpsertWarehouse) -> list[Problem]:
    problems = []
    if not CODE.fullmatch(command.code):
        problems.append(
            Problem(("code",), "BAD_CODE", "Use lower-case letters, digits, - and _ for the code, at most 63.")
        )
    if not command.name.strip():
        problems.append(Problem(("name",), "MISSING", "Give the warehouse a name."))
    elif problem := text_problem(command.name, NAME_LIMIT):
        problems.append(Problem(("name",), "NOT_A_TEXT", problem))
    return problems
