"""channelStockSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.channel import ChannelResult, ChannelStockInput
from domain.channels.stock_settings import SetStockSettings, set_stock_settings
from domain.kernel.actor import Permission


async def _channel_stock_set(info: Info, input: ChannelStockInput) -> ChannelResult:
    async def work(session: AsyncSession) -> Made:
        command = SetStockSettings(
            channel_id=id_of(input.id, "channel"),
            warehouse=input.warehouse,
            check_on_entry=input.stock_check_on_entry,
            pre_order_check_days=input.pre_order_check_days,
        )
        return made("Channel", (await set_stock_settings(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _channel_stock_set,
    permission=Permission.CHANNELS_EDIT,
    deprecated="Use channelUpdate, which names the version that was read.",
    description=(
        "Says from which warehouse a channel ships, whether the stock of its orders is looked at on entry, and when "
        "that of pre-orders. It holds for what comes; goods that are reserved stay where they are. Repeated, it "
        "changes nothing."
    ),
)
