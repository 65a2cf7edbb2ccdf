"""channelUpdate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.accounts import channel_syncs
from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.channel import ChannelUpdateInput, ChannelUpdateResult
from api.graphql.types.channel_settings import settings_as_told
from domain.channels.queries import channel_by_id
from domain.flows.update_channel import UpdateChannel, update_channel
from domain.kernel.actor import Permission


async def _channel_update(info: Info, input: ChannelUpdateInput) -> ChannelUpdateResult:
    host = info.context.services.host

    async def work(session: AsyncSession) -> Made:
        channel = await channel_by_id(session, id_of(input.id, "channel"))
        command = UpdateChannel(
            channel_id=channel.id,
            expected_version=input.expected_version,
            settings=settings_as_told(
                input,
                title=input.title,
                enabled=input.enabled,
                clear=tuple(one.value for one in input.clear or ()),
            ),
            syncs=channel_syncs(host, channel.connector),
        )
        return made("Channel", (await update_channel(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _channel_update,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Changes the business settings of a channel, all that is given or nothing; what is left out stays as it is. It "
        "holds for what comes: orders keep their prices and charges, invoices what they say, and orders that are here "
        "their legal entity. Orders that waited for a payment method to be allowed, or for the channel to be switched "
        "on, are imported then. Every wrong setting is named at once, and of two that contradict each other both. "
        "Repeated with the version that it has then, it changes nothing."
    ),
)
