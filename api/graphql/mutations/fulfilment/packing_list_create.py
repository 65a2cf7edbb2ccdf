"""packingListCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.fulfilment import PackingListInput, PackingListResult
from domain.flows.fulfil import CreatePackingList, create_packing_list
from domain.kernel.actor import Permission


async def _packing_list_create(info: Info, input: PackingListInput) -> PackingListResult:
    async def work(session: AsyncSession) -> Made:
        command = CreatePackingList(
            delivery_note_id=id_of(input.delivery_note, "delivery note", "deliveryNote"),
        )
        return made("PackingList", (await create_packing_list(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _packing_list_create,
    rows=Rows.SCOPED,
    permission=Permission.DELIVERY_NOTES,
    description="Begins the packing list of a delivery note. Repeated, it returns the list that is there.",
)
