"""metafieldDefine."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.metafield import MetafieldDefineInput, MetafieldDefinitionResult
from domain.kernel.actor import Permission
from domain.metafields.define import DefineMetafield, define_metafield


async def _metafield_define(info: Info, input: MetafieldDefineInput) -> MetafieldDefinitionResult:
    async def work(session: AsyncSession) -> Made:
        command = DefineMetafield(
            owner=input.owner,
            key=input.key,
            kind=input.kind,
            title=input.title,
            choices=input.choices or (),
            description=input.description,
            filterable=input.filterable,
            permission=input.permission,
            expected_version=input.expected_version,
        )
        return made("MetafieldDefinition", (await define_metafield(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _metafield_define,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Declares a field on orders, lines, customers or products, or changes one; a retired one is in use again. Its "
        "type, and a choice that has values, stay. At most 100 for each owner. Repeated, it changes nothing."
    ),
)
