"""channelConnectionSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.connections import patched, stored_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.connection import ChannelConnectionInput, ChannelConnectionResult
from domain.channels.models import OWN_CHANNELS
from domain.flows.accounts import lock_channel
from domain.flows.change_connection import change_connection
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid


async def _channel_connection_set(info: Info, input: ChannelConnectionInput) -> ChannelConnectionResult:
    services = info.context.services

    async def work(session: AsyncSession) -> Made:
        locked = await lock_channel(session, id_of(input.id, "channel"), input.expected_version)
        if locked.account.connector in OWN_CHANNELS:
            raise invalid(("id",), "NOT_WANTED", "A channel of the house's own has no far side to connect to.")
        command = patched(
            services.host,
            stored_of(locked, services.vault),
            input.settings,
            input.credentials,
            same_store=bool(input.same_store),
        )
        await change_connection(session, info.context.actor, locked, command, services.vault)
        return made("Channel", locked.account.id)

    return await change(info, work)


field = root(
    _channel_connection_set,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Changes a channel's connector settings and credentials. What waited for it (refused credentials, settings "
        "that did not fit, a store that did not answer) goes on at once. Another address needs the credentials again "
        "(ENTER_AGAIN); another store needs another channel (OTHER_STORE). A webhook secret that is replaced holds for "
        "24 more hours. Repeated with the version that it left, it changes nothing."
    ),
)
