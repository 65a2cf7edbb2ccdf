"""packingListPack."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.fulfilment import PackingListResult, PackInput
from domain.flows.fulfil import Pack, pack
from domain.fulfilment.rules import ParcelSizes
from domain.kernel.actor import Permission


async def _packing_list_pack(info: Info, input: PackInput) -> PackingListResult:
    async def work(session: AsyncSession) -> Made:
        command = Pack(
            packing_list_id=id_of(input.id, "packing list"),
            parcels=tuple(
                ParcelSizes(
                    length_cm=one.length_cm, width_cm=one.width_cm, height_cm=one.height_cm, weight_kg=one.weight_kg
                )
                for one in input.parcels
            ),
            expected_version=input.expected_version,
        )
        return made("PackingList", (await pack(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _packing_list_pack,
    rows=Rows.SCOPED,
    permission=Permission.DELIVERY_NOTES,
    description=(
        "Writes the parcels of a packing list, over those that it had; it is PACKED then. A missing size or weight is "
        "refused as ParcelIncomplete, and nothing is written. Once it has an AWB, that is voided first."
    ),
)
