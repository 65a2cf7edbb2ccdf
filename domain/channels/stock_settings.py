"""How a channel deals with stock: from which warehouse, whether on entry, and when for pre-orders (STK-2, PRE-1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import text_problem
from domain.stock.models import Warehouse

from .models import Channel
from .queries import channel_by_id

MOST_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStockSettings:
    """What is None stays as it is. `warehouse` is a code."""

    channel_id: UUID
    warehouse: str | None = None
    check_on_entry: bool | None = None
    pre_order_check_days: int | None = None


async def set_stock_settings(session: AsyncSession, _actor: Actor, command: SetStockSettings) -> Channel:
    """Sets it for orders to come. What was reserved or back-ordered stays in the warehouse that it is in.

    Raises NotFound for the channel, Invalid naming every wrong field.
    """
    channel = await channel_by_id(session, command.channel_id)
    problems, warehouse_id = [], channel.warehouse_id
    if command.warehouse is not None:
        found = None
        if text_problem(command.warehouse) is None:
            found = await session.scalar(
                select(Warehouse).where(Warehouse.code == command.warehouse).with_for_update(read=True)
            )
        if found is None or not found.active:
            words = f"There is no active warehouse {command.warehouse}. Make it, or switch it on."
            problems.append(Problem(("warehouse",), "NOT_FOUND", words))
        else:
            warehouse_id = found.id
    days = command.pre_order_check_days
    if days is not None and not 0 <= days <= MOST_DAYS:
        problems.append(Problem(("preOrderCheckDays",), "OUT_OF_RANGE", f"Give 0 to {MOST_DAYS} days."))
    if problems:
        raise Invalid(problems)
    channel.warehouse_id = warehouse_id
    if command.check_on_entry is not None:
        channel.stock_check_on_entry = command.check_on_entry
    if days is not None:
        channel.pre_order_check_days = days
    channel.updated_at = utc_now()
    await session.flush()
    return channel
