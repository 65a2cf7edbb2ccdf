"""receiptNoteEdit."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.receipt import ReceiptNoteInput, ReceiptNoteResult
from domain.kernel.actor import Permission
from domain.stock.receipts import edit_receipt

from .receipt_note_create import contents_of


async def _receipt_note_edit(
    info: Info, id: strawberry.ID, input: ReceiptNoteInput, expected_version: int | None = None
) -> ReceiptNoteResult:
    async def work(session: AsyncSession) -> Made:
        note_id = id_of(id, "receipt note")
        note = await edit_receipt(session, info.context.actor, note_id, expected_version, contents_of(input))
        return made("ReceiptNote", note.id)

    return await change(info, work)


field = root(
    _receipt_note_edit,
    permission=Permission.STOCK_EDIT,
    description=(
        "Writes a draft anew, all of it: what is left out is emptied, lines that are not named are gone. An approved "
        "or cancelled note is refused (NOT_A_DRAFT)."
    ),
)
