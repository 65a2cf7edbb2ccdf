"""How a channel deals with stock: from which warehouse, whether on entry, and when for pre-orders (STK-2, PRE-1)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor

from .models import Channel
from .settings import Settings
from .update import UpdateChannel, update_channel


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStockSettings:
    """What is None stays as it is. `warehouse` is a code."""

    channel_id: UUID
    warehouse: str | None = None
    check_on_entry: bool | None = None
    pre_order_check_days: int | None = None


async def set_stock_settings(session: AsyncSession, actor: Actor, command: SetStockSettings) -> Channel:
    """Sets it for orders to come. What was reserved or back-ordered stays in the warehouse that it is in.

    Raises NotFound for the channel, Invalid naming every wrong field.
    """
    settings = Settings(
        warehouse=command.warehouse,
        stock_check_on_entry=command.check_on_entry,
        pre_order_check_days=command.pre_order_check_days,
    )
    return await update_channel(session, actor, UpdateChannel(channel_id=command.channel_id, settings=settings))
