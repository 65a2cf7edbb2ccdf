"""orderNoteAdd."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.note import OrderNoteAddInput
from api.graphql.types.order import OrderResult
from domain.kernel.actor import Permission
from domain.orders.models import NoteAudience
from domain.orders.notes import AddNote, add_note


async def _order_note_add(info: Info, input: OrderNoteAddInput) -> OrderResult:
    async def work(session: AsyncSession) -> Made:
        command = AddNote(
            order_id=id_of(input.order, "order", "order"),
            text=input.text,
            audience=input.audience.value if input.audience else NoteAudience.STAFF,
        )
        return made("Order", (await add_note(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _order_note_add,
    rows=Rows.SCOPED,
    permission=Permission.ORDERS_EDIT,
    description=(
        "Adds a note to an order, at most 200; its version stays, so that nobody's edit becomes stale. Repeated "
        "without an Idempotency-Key, it adds another note."
    ),
)
