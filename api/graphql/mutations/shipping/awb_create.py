"""awbCreate: the request is stored at once, a worker speaks with the courier, and the answer waits a little for it."""

import asyncio
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, answer, made
from api.graphql.change import carry_out, id_of, refused
from api.graphql.context import Context, Info, selected
from api.graphql.fields import Rows, root
from api.graphql.types.shipping import AwbInput, ShipmentResult
from domain.flows.ship import RequestAwb, request_awb
from domain.kernel.actor import Permission
from domain.kernel.refusals import Problem, Refusal
from domain.reads import fulfilment_rows
from domain.reads.fulfilment_rows import Of
from domain.shipping.errors import CourierRefused
from domain.shipping.models import ShipmentStatus

WAIT = 8.0
_FIRST_LOOK, _LOOK_EVERY = 0.03, 0.25


async def _awb_create(info: Info, input: AwbInput) -> ShipmentResult:
    async def work(session: AsyncSession) -> Made:
        command = RequestAwb(
            packing_list_id=id_of(input.packing_list, "packing list", "packingList"),
            account=input.account,
            service=input.service,
            cash_on_delivery=input.cash_on_delivery.value() if input.cash_on_delivery else None,
            note=input.note,
            awb=input.awb,
        )
        return made("Shipment", (await request_awb(session, info.context.actor, command)).id)

    try:
        result = await carry_out(info.context, work)
        await _wait_for_courier(info.context, result)
    except Refusal as refusal:
        return cast(ShipmentResult, refused(info, refusal))
    return cast(ShipmentResult, await answer(info.context, result, selected(info)))


async def _wait_for_courier(context: Context, result: Made) -> None:
    """Waits, outside any transaction, until the worker knows more. Raises `CourierRefused` if the courier said no."""
    pause, left = _FIRST_LOOK, WAIT
    while True:
        async with context.read() as connection:
            [row] = await fulfilment_rows.shipments(connection, Of.THEMSELVES, [result.id])
        if row.refused is not None:
            problems = [Problem(tuple(one["path"]), one["code"], one["message"]) for one in row.refused]
            raise CourierRefused(row.courier, problems)
        if row.status is not ShipmentStatus.REQUESTED or left <= 0:
            return
        await asyncio.sleep(pause)
        left -= pause
        pause = min(pause * 2, _LOOK_EVERY)


field = root(
    _awb_create,
    rows=Rows.SCOPED,
    permission=Permission.AWB,
    description=(
        "Asks a courier for the AWB of an approved packing list, and waits up to 8 seconds for its answer. After that "
        "the shipment is returned as it is: REQUESTED, or UNKNOWN when the courier did not answer; it is asked again, "
        "and never makes a second AWB. Repeated for the same packing list, it returns the shipment that is there."
    ),
)
