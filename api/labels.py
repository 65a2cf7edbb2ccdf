"""GET /labels/{shipment}.pdf: the label of an AWB, as the courier gave it. A worker fetches it; here it is served."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.kernel.actor import Actor, Permission
from domain.kernel.ids import parse_id
from domain.kernel.outbox import enqueue
from domain.kernel.texts import text_problem
from domain.reads.rows import AnyRow, AnySelect
from domain.shipping.models import CourierAccount, Shipment, ShipmentLabel, ShipmentStatus

from .graphql.idempotency import RequestRefused
from .safety import file_headers
from .services import Services

_FORMAT_LIMIT = 50
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_SHIPMENT = (
    select(Shipment.status, Shipment.awb, CourierAccount.connector)
    .join(CourierAccount, CourierAccount.id == Shipment.courier_account_id)
    .where(Shipment.id == bindparam("id"))
)
_LABELS = (
    select(ShipmentLabel.format, ShipmentLabel.media_type, ShipmentLabel.content)
    .where(ShipmentLabel.shipment_id == bindparam("id"))
    .order_by(ShipmentLabel.fetched_at, ShipmentLabel.format)
    .limit(1)
)
_OF_FORMAT = _LABELS.where(ShipmentLabel.format == bindparam("format"))


async def label(request: Request) -> Response:
    """The first label, or that of `?format=`.

    400 for a format that is no text, 404 where there is none to be had, 409 where it is not there yet.
    """
    services: Services = request.app.state.services
    try:
        actor = (await services.callers.caller(request)).actor
    except RequestRefused as refused:
        return refused.response()
    if not actor.may(Permission.ORDERS_VIEW):
        return _refuse(403, "FORBIDDEN", f"This needs the permission {Permission.ORDERS_VIEW}.")
    key = parse_id(request.path_params["shipment"])
    wanted = request.query_params.get("format")
    problem = None if wanted is None else text_problem(wanted, _FORMAT_LIMIT)
    if problem is not None:
        return _refuse(400, "BAD_FORMAT", f"{problem} Name a format like A4 or A6, or leave `format` away.")
    shipment, found = (None, None) if key is None else await _find(services, actor, key, wanted)
    if key is None or shipment is None:
        return _refuse(404, "NOT_FOUND", "There is no such shipment.")
    if found is not None:
        headers = file_headers(f"{_UNSAFE.sub('-', shipment.awb or 'label')}.pdf", shown=True)
        return Response(found.content, media_type=found.media_type, headers=headers)
    if shipment.status is ShipmentStatus.VOIDED or shipment.awb is None:
        return _refuse(409, "NO_AWB", "This shipment has no live AWB, so no label.")
    if not services.host.supports(shipment.connector, "label"):
        return _refuse(404, "NO_LABELS", "This courier gives no labels here; print it in the courier's own portal.")
    await _ask(services, key, wanted)
    return _refuse(409, "LABEL_PENDING", "The label is being fetched from the courier. Ask again in a moment.")


async def _find(services: Services, actor: Actor, key: UUID, wanted: str | None) -> tuple[AnyRow | None, AnyRow | None]:
    statement: AnySelect = _LABELS if wanted is None else _OF_FORMAT
    values: dict[str, Any] = {"id": key} if wanted is None else {"id": key, "format": wanted}
    async with services.database_for(actor).read() as connection:
        shipment = (await connection.execute(_SHIPMENT, {"id": key})).first()
        return shipment, (await connection.execute(statement, values)).first()


async def _ask(services: Services, key: UUID, wanted: str | None) -> None:
    """Asks a worker for it; a wish that waits already is enough."""
    payload = {"shipment_id": str(key)} | ({} if wanted is None else {"format": wanted})
    async with services.database.begin() as session:
        await enqueue(session, "fetch_label", f"shipment:{key}", payload, coalesce=True)


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
