"""mappingsSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.channel import ChannelUpdateResult, MappingsSetInput
from domain.flows.set_mappings import SetMappings, set_mappings
from domain.kernel.actor import Permission

from .channel_create import given_mappings


async def _mappings_set(info: Info, input: MappingsSetInput) -> ChannelUpdateResult:
    async def work(session: AsyncSession) -> Made:
        command = SetMappings(
            channel_id=id_of(input.channel, "channel", "channel"),
            expected_version=input.expected_version,
            mappings=given_mappings(input.mappings),
            replace=bool(input.replace),
        )
        return made("Channel", (await set_mappings(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _mappings_set,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Says what many words of a channel mean, all or none. Orders that waited for them are imported then. Repeated "
        "with the version that it left, it changes nothing."
    ),
)
