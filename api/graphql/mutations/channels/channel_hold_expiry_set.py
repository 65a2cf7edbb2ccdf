"""channelHoldExpirySet."""

from typing import Annotated

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.channel import ChannelResult
from domain.channels.hold_expiry import SetHoldExpiry, set_hold_expiry
from domain.kernel.actor import Permission


async def _channel_hold_expiry_set(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="The channel.")],
    hours: Annotated[
        int | None, strawberry.argument(description="1 to 8760, or null: a hold keeps its reservation as it lasts.")
    ] = None,
) -> ChannelResult:
    async def work(session: AsyncSession) -> Made:
        command = SetHoldExpiry(channel_id=id_of(id, "channel"), hours=hours)
        return made("Channel", (await set_hold_expiry(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _channel_hold_expiry_set,
    permission=Permission.CHANNELS_EDIT,
    deprecated="Use channelUpdate, which names the version that was read.",
    description=(
        "Says after how many hours on hold the orders of a channel lose their reservation; it holds for the holds of "
        "now, too. Such an order stays on hold. Resumed, it reserves again, or enters STOCK_UNAVAILABLE with what is "
        "missing. Repeated, it changes nothing."
    ),
)
