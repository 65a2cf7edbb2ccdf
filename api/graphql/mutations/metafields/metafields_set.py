"""metafieldsSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.metafield import MetafieldsResult, MetafieldsSetInput
from domain.flows.set_metafields import SetMetafields, set_metafields
from domain.kernel.actor import Permission


async def _metafields_set(info: Info, input: MetafieldsSetInput) -> MetafieldsResult:
    async def work(session: AsyncSession) -> Made:
        command = SetMetafields(
            owner=input.owner,
            id=id_of(input.id, input.owner.lower()),
            values=[one.sent() for one in input.values],
            expected_version=input.expected_version,
        )
        await set_metafields(session, info.context.actor, command)
        return Made("MetafieldsSet", {"owner": input.owner.value, "id": str(command.id)})

    return await change(info, work)


field = root(
    _metafields_set,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Sets metafields of an order, a line, a customer (for which customers.edit is needed too) or a product "
        "(catalog.edit too), in any status. On an order and its lines it is in the history and makes a new version. "
        "Every wrong value is named at once. Repeated, it changes nothing."
    ),
)
