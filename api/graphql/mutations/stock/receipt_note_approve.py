"""receiptNoteApprove."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.receipt import ReceiptNoteResult
from domain.flows.take_in import ApproveReceipt, approve_receipt
from domain.kernel.actor import Permission


async def _receipt_note_approve(
    info: Info, id: strawberry.ID, expected_version: int | None = None
) -> ReceiptNoteResult:
    async def work(session: AsyncSession) -> Made:
        note_id = id_of(id, "receipt note")
        command = ApproveReceipt(note_id=note_id, expected_version=expected_version)
        await approve_receipt(session, info.context.actor, command)
        return made("ReceiptNote", note_id)

    return await change(info, work)


field = root(
    _receipt_note_approve,
    permission=Permission.STOCK_EDIT,
    description=(
        "Approves a draft: its goods are added to the stock, once; repeated, it is refused (NOT_A_DRAFT). Orders that "
        "waited for them are listed by backOrders as confirmable; a person confirms them."
    ),
)
