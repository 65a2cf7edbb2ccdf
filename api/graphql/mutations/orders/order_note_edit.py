"""orderNoteEdit."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.note import OrderNoteEditInput
from api.graphql.types.order import OrderResult
from domain.kernel.actor import Permission
from domain.orders.notes import EditNote, edit_note


async def _order_note_edit(info: Info, input: OrderNoteEditInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = EditNote(note_id=id_of(input.id, "note"), text=input.text, expected_version=input.expected_version)
        return made("Order", (await edit_note(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_note_edit,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description="Rewords a note; history keeps every wording, and the order's version stays. A repeat changes nothing.",
)
