"""metafieldRetire."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.metafield import MetafieldDefinitionResult, MetafieldRetireInput
from domain.kernel.actor import Permission
from domain.metafields.define import retire_metafield


async def _metafield_retire(info: Info, input: MetafieldRetireInput) -> MetafieldDefinitionResult:
    async def work(session: AsyncSession) -> Made:
        actor = info.context.actor
        row = await retire_metafield(session, actor, input.owner, input.key, input.expected_version)
        return made("MetafieldDefinition", row.id)

    return await change(info, work)


field = root(
    _metafield_retire,
    permission=Permission.SETTINGS_EDIT,
    description="Takes a field out of use; its values are kept, unseen. Repeated, it changes nothing.",
)
