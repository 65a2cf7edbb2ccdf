"""mappingSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.channel import MappingInput, MappingResult
from domain.channels.models import MappingKind
from domain.flows.set_mapping import SetMapping, set_mapping
from domain.kernel.actor import Permission


async def _mapping_set(info: Info, input: MappingInput) -> MappingResult:
    async def work(session: AsyncSession) -> Made:
        kind = MappingKind(input.kind.value)
        command = SetMapping(channel=input.channel, kind=kind, source=input.source, target=input.target)
        entry = await set_mapping(session, info.context.actor, command)
        return Made(
            "Mapping",
            {"channel": input.channel, "kind": kind.name, "source": entry.source, "target": entry.target},
        )

    return await change(info, work)


field = root(
    _mapping_set,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Says what a word of a channel means, over what it meant. Orders that waited for it are imported then. "
        "Repeated, it changes nothing more."
    ),
)
