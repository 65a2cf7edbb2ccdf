"""GET /exports/personal/{customer}.json: everything that is held on a person, as a file (spec SEC-4)."""

from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.audit.record import record as audit
from domain.kernel.actor import Actor, Permission
from domain.kernel.database import Database
from domain.kernel.ids import parse_id
from domain.reads.personal_data import personal_data

from .graphql.idempotency import RequestRefused
from .safety import file_headers
from .services import Services


async def taken_out(database: Database, actor: Actor, customer_id: UUID) -> dict[str, Any] | None:
    """The document, once the audit log has that it was taken out; None where there is no such customer."""
    async with database.read() as connection:
        document = await personal_data(connection, customer_id)
    if document is not None:
        async with database.begin() as session:
            audit(session, actor, "customer.export", "customer", customer_id, after={"sections": sorted(document)})
    return document


async def export_person(request: Request) -> Response:
    """The document as a file to hand on."""
    services: Services = request.app.state.services
    try:
        actor = (await services.callers.caller(request)).actor
        if not actor.may(Permission.PRIVACY_EDIT):
            raise RequestRefused(403, "FORBIDDEN", f"This needs the permission {Permission.PRIVACY_EDIT}.")
        if not actor.scope.everything:
            raise RequestRefused(403, "FORBIDDEN", "This looks at the whole house: a limited view is not enough.")
    except RequestRefused as refused:
        return refused.response()
    key = parse_id(request.path_params["customer"])
    document = None if key is None else await taken_out(services.database, actor, key)
    if document is None:
        return JSONResponse({"code": "NOT_FOUND", "message": "There is no such customer."}, status_code=404)
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    return Response(body, media_type="application/json", headers=file_headers(f"personal-data-{key}.json"))
