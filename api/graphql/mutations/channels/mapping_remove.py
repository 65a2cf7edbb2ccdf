"""mappingRemove."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.mapping import MappingRemoveInput, MappingRemoveResult
from domain.channels.models import MappingKind
from domain.flows.set_mappings import RemoveMapping, remove_mapping
from domain.kernel.actor import Permission


async def _mapping_remove(info: Info, input: MappingRemoveInput) -> MappingRemoveResult:
    async def work(session: AsyncSession) -> Made:
        kind = MappingKind(input.kind.value)
        command = RemoveMapping(channel=input.channel, kind=kind, source=input.source)
        channel = await remove_mapping(session, info.context.actor, command)
        return Made("MappingRemoved", {"channel": channel.slug, "kind": kind.name, "source": input.source.strip()})

    return await change(info, work)


field = root(
    _mapping_remove,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Has a word of a channel mean again what its connector says; where that says nothing, what comes with it "
        "waits. Repeated, it changes nothing more."
    ),
)
