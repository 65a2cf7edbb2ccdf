"""channelSync."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.accounts import FETCH_ORDERS
from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.channel import SyncStarted
from api.graphql.types.enums import SyncKind
from domain.channels.queries import channel_by_id
from domain.flows.request_sync import request_sync
from domain.kernel.actor import Permission
from domain.kernel.refusals import invalid

CONSUMERS = {SyncKind.ORDERS: FETCH_ORDERS}
"""The kinds that workers can run now, and who does."""


async def _channel_sync(info: Info, id: strawberry.ID, kind: SyncKind = SyncKind.ORDERS) -> SyncStarted:
    host = info.context.services.host

    async def work(session: AsyncSession) -> Made:
        channel = await channel_by_id(session, id_of(id, "channel"))
        consumer = CONSUMERS.get(kind)
        if consumer is None or not host.supports(channel.connector, consumer):
            raise invalid(("kind",), "UNSUPPORTED", f"{channel.title} cannot synchronise {kind.value} now.")
        run = await request_sync(session, info.context.actor, channel.id, kind.value, consumer)
        return made("SyncStarted", run.id)

    return await change(info, work)


field = root(
    _channel_sync,
    rows=Rows.CHANNELS,
    permission=Permission.SYNC_RUN,
    description=(
        "Starts a run now; the run is done by a worker. Each call asks for one run; runs of a channel follow each "
        "other. An unknown channel, or a kind that it cannot do, is an error with its code."
    ),
)
