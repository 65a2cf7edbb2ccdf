"""GET /labels/bulk/{run}.pdf: all labels that a run of PRINT_LABELS found, as one PDF, in the order of the run."""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.types import Uuid
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.bulk.queries import shipments_to_print
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import NotFound
from domain.reads.rows import AnyRow
from domain.shipping.models import Shipment, ShipmentLabel, ShipmentStatus

from .graphql.idempotency import RequestRefused
from .safety import file_headers
from .services import Services

PDF = "application/pdf"
_LABELS = (
    select(ShipmentLabel.shipment_id, ShipmentLabel.media_type, ShipmentLabel.content, Shipment.awb)
    .join(Shipment, Shipment.id == ShipmentLabel.shipment_id)
    .where(ShipmentLabel.shipment_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .where(Shipment.status != ShipmentStatus.VOIDED)
    .ext(distinct_on(ShipmentLabel.shipment_id))
    .order_by(ShipmentLabel.shipment_id, ShipmentLabel.fetched_at, ShipmentLabel.format)
)


class Unreadable(Exception):  # noqa: N818 - says which label it is
    """A label that is no PDF, or a broken one."""


async def bulk_labels(request: Request) -> Response:
    """404 for no such run, 409 while it runs, where nothing was found, and for a label that cannot be joined."""
    services: Services = request.app.state.services
    try:
        actor = (await services.callers.caller(request)).actor
    except RequestRefused as refused:
        return refused.response()
    if not actor.may(Permission.ORDERS_VIEW):
        return _refuse(403, "FORBIDDEN", f"This needs the permission {Permission.ORDERS_VIEW}.")
    key = parse_id(request.path_params["run"])
    try:
        if key is None:
            raise NotFound("print run", request.path_params["run"])
        async with services.database_for(actor).read() as connection:
            wanted = await shipments_to_print(connection, key)
            rows = (await connection.execute(_LABELS, {"ids": wanted})).all() if wanted else []
    except NotFound as missing:
        return _refuse(404, "NOT_FOUND", missing.message)
    if wanted is None:
        return _refuse(409, "RUNNING", "The labels are still being gathered. Ask again when the run has ended.")
    if not rows:
        return _refuse(409, "NO_LABELS", "The run found no label; its results say why.")
    try:
        content = await asyncio.to_thread(join, _in_order(rows, wanted))
    except Unreadable as broken:
        return _refuse(409, "LABEL_UNREADABLE", f"The label of AWB {broken} cannot be joined: print it alone.")
    return Response(content, media_type=PDF, headers=file_headers(f"labels-{key}.pdf", shown=True))


def join(labels: Sequence[AnyRow]) -> bytes:
    """One PDF of these labels, each with its pages as they are. Raises `Unreadable` with the AWB."""
    writer = PdfWriter()
    for label in labels:
        if label.media_type != PDF:
            raise Unreadable(label.awb)
        try:
            for page in PdfReader(BytesIO(label.content)).pages:
                writer.add_page(page)
        except (PyPdfError, ValueError, KeyError, TypeError) as error:
            raise Unreadable(label.awb) from error
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def _in_order(rows: Sequence[AnyRow], wanted: Sequence[UUID]) -> list[AnyRow]:
    found = {row.shipment_id: row for row in rows}
    return [found[one] for one in wanted if one in found]


def _refuse(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)
