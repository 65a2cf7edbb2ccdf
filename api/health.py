"""Health: /health/live says that the process runs, /health/ready that it can do its work."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .services import Services

_LIMIT = 3.0
_SCHEMA = text("select to_regclass('public.orders') is not null and to_regclass('public.outbox') is not null")


async def live(_: Request) -> Response:
    """GET /health/live"""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> Response:
    """GET /health/ready: 200, or 503 with the reasons."""
    reasons = await _reasons(request.app.state.services)
    if reasons:
        return JSONResponse({"status": "not ready", "reasons": reasons}, status_code=503)
    return JSONResponse({"status": "ok"})


async def _reasons(services: Services) -> list[str]:
    if not services.prepared.is_set():
        return ["the start is not complete: the database could not be reached yet"]
    try:
        async with asyncio.timeout(_LIMIT), services.database.read() as connection:
            migrated = await connection.scalar(_SCHEMA)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return [f"the database cannot be reached ({type(error).__name__})"]
    return [] if migrated else ["the database is empty: run `omnisales migrate`"]
