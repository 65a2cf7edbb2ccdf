"""receiptNoteCancel."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.receipt import ReceiptNoteResult
from domain.kernel.actor import Permission
from domain.stock.receipts import cancel_receipt


async def _receipt_note_cancel(info: Info, id: strawberry.ID, expected_version: int | None = None) -> ReceiptNoteResult:
    async def work(session: AsyncSession) -> Made:
        note_id = id_of(id, "receipt note")
        await cancel_receipt(session, info.context.actor, note_id, expected_version)
        return made("ReceiptNote", note_id)

    return await change(info, work)


field = root(
    _receipt_note_cancel,
    permission=Permission.STOCK_EDIT,
    description=(
        "Ends a draft whose goods will not come. Repeated, or after the approval, it is refused (NOT_A_DRAFT)."
    ),
)
