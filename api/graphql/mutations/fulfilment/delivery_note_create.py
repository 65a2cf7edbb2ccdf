"""deliveryNoteCreate."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.fulfilment import DeliveryLineInput, DeliveryNoteInput, DeliveryNoteResult
from domain.flows.note import AskDeliveryNote, ask_delivery_note
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.texts import shown


async def _delivery_note_create(info: Info, input: DeliveryNoteInput) -> DeliveryNoteResult:
    async def work(session: AsyncSession) -> Made:
        command = AskDeliveryNote(
            order_id=id_of(input.order, "order", "order"),
            lines=None if input.lines is None else _quantities(input.lines),
            expected_version=input.expected_version,
        )
        return made("DeliveryNote", (await ask_delivery_note(session, info.context.actor, command)).id)

    return await change(info, work)


def _quantities(lines: list[DeliveryLineInput]) -> dict[UUID, Decimal]:
    """The quantities by line. Raises `Invalid` for a line that cannot exist, or that is named twice."""
    found: dict[UUID, Decimal] = {}
    problems = []
    for index, one in enumerate(lines):
        key = parse_id(one.line)
        path = ("lines", str(index), "line")
        if key is None:
            problems.append(Problem(path, "NOT_FOUND", f"The order has no line {shown(one.line)}."))
        elif key in found:
            problems.append(Problem(path, "TWICE", "Name each line once, with its whole quantity."))
        else:
            found[key] = one.quantity
    if problems:
        raise Invalid(problems)
    return found


field = root(
    _delivery_note_create,
    rows=Rows.SCOPED,
    permission=Permission.DELIVERY_NOTES,
    description=(
        "Makes a delivery note for the named quantities, or for everything that is on none yet. An order in PAID is "
        "confirmed with it. Repeated for everything, it is refused as Invalid, since nothing is left."
    ),
)
