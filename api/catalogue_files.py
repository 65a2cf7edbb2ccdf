"""GET /exports/products.csv and POST /imports/products.csv: the catalogue as a file (spec CAT-1)."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from domain.audit.record import record
from domain.catalog.import_sheet import Imported
from domain.catalog.sheet import read_sheet, written
from domain.flows.import_products import import_products
from domain.kernel.actor import Actor, Permission
from domain.kernel.database import Database
from domain.kernel.refusals import Invalid
from domain.reads.catalog_export import exported_pages

from .graphql.idempotency import RequestRefused
from .safety import file_headers
from .services import Services

MAX_FILE = 20_000_000
SHOWN = 1_000
"""The most problems that an answer names."""
_YES = frozenset({"1", "true", "yes"})


async def export_products(request: Request) -> Response:
    """The whole catalogue as CSV in UTF-8, streamed."""
    services: Services = request.app.state.services
    try:
        actor = await _allowed(request, Permission.CATALOG_VIEW)
    except RequestRefused as refused:
        return refused.response()
    async with services.database.begin() as session:
        record(session, actor, "products.export", "products", None)
    headers = file_headers("products.csv")
    return StreamingResponse(_lines(services.database), media_type="text/csv; charset=utf-8", headers=headers)


async def import_file(request: Request) -> Response:
    """Takes a CSV; `?dryRun=true` only looks, `?mode=skip` writes the good rows though others are bad.

    200 with what was (or would be) done, 422 where nothing was written for its problems.
    """
    services: Services = request.app.state.services
    try:
        actor = await _allowed(request, Permission.CATALOG_EDIT)
    except RequestRefused as refused:
        return refused.response()
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        return _error(400, "NOT_A_TEXT", "Send the file in UTF-8.")
    mode = request.query_params.get("mode", "all")
    if mode not in ("all", "skip"):
        return _error(400, "NOT_A_WORD", "mode is all (all rows or none) or skip (the good rows).")
    dry_run = request.query_params.get("dryRun", "").lower() in _YES
    sheet = await asyncio.to_thread(read_sheet, text)
    try:
        async with services.database.begin() as session:
            done = await import_products(session, actor, sheet, skip_bad=mode == "skip", dry_run=dry_run)
    except Invalid as refusal:
        return _error(409, refusal.problems[0].code, refusal.message)
    return JSONResponse(summary(done), status_code=422 if done.problems and not (done.applied or dry_run) else 200)


def summary(done: Imported) -> dict[str, object]:
    """What became of the file, for an answer."""
    return {
        "applied": done.applied,
        "created": len(done.created),
        "updated": done.updated,
        "unchanged": done.unchanged,
        "problemCount": len(done.problems),
        "problems": [
            {"line": one.line, "column": one.column, "code": one.code, "message": one.message}
            for one in done.problems[:SHOWN]
        ],
    }


async def _lines(database: Database) -> AsyncIterator[str]:
    header = written(iter(()), header=True)
    yield header
    async for rows in exported_pages(database):
        yield await asyncio.to_thread(written, iter(rows), header=False)


async def _allowed(request: Request, permission: Permission) -> Actor:
    """Who asks, if he may. Raises `RequestRefused`."""
    services: Services = request.app.state.services
    actor = (await services.callers.caller(request)).actor
    if not actor.may(permission):
        raise RequestRefused(403, "FORBIDDEN", f"This needs the permission {permission}.")
    if permission is Permission.CATALOG_EDIT and not actor.scope.everything:
        # As productsImport: orders that waited for a SKU come in.
        raise RequestRefused(403, "FORBIDDEN", "This is not for callers with a limited view.")
    return actor


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status_code=status)
