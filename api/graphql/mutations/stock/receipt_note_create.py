"""receiptNoteCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.receipt import ReceiptNoteInput, ReceiptNoteResult
from domain.kernel.actor import Permission
from domain.stock.receipts import ReceiptContents, ReceivedLine, create_receipt


async def _receipt_note_create(info: Info, input: ReceiptNoteInput) -> ReceiptNoteResult:
    async def work(session: AsyncSession) -> Made:
        return made("ReceiptNote", (await create_receipt(session, info.context.actor, contents_of(input))).id)

    return await change(info, work)


def contents_of(input: ReceiptNoteInput) -> ReceiptContents:
    return ReceiptContents(
        lines=[
            ReceivedLine(sku=line.sku, quantity=line.quantity, batch=line.batch, note=line.note) for line in input.lines
        ],
        warehouse=input.warehouse,
        supplier=input.supplier,
        reference=input.reference,
        expected_on=input.expected_on,
        reason=input.reason,
    )


field = root(
    _receipt_note_create,
    permission=Permission.STOCK_EDIT,
    description=(
        "Begins a receipt note, as a draft: the stock does not change before its approval. Repeated without an "
        "Idempotency-Key, it begins another."
    ),
)
