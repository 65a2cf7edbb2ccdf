"""Finding channels."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.ids import parse_id
from domain.kernel.refusals import NotFound, Path

from .models import Channel


async def channel_by_id(session: AsyncSession, channel_id: UUID, *, anew: bool = False) -> Channel:
    """`anew`: read again, though this unit of work has it already. Raises `NotFound`."""
    channel = await session.get(Channel, channel_id, populate_existing=anew)
    if channel is None:
        raise NotFound("channel", channel_id, path=("channel",))
    return channel


async def find_channel(session: AsyncSession, name: str, path: Path = ("channel",)) -> Channel:
    """The channel with this slug or id. Raises `NotFound`."""
    channel_id = parse_id(name)
    wanted = Channel.slug == name if channel_id is None else Channel.id == channel_id
    channel = await session.scalar(select(Channel).where(wanted))
    if channel is None:
        raise NotFound("channel", name, path=path)
    return channel
