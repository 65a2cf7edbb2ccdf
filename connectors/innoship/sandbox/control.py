"""The door for tests and demos: moves shipments along, and pushes tracking as Innoship does."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from omnisales_sdk import ConnectorSignal, HttpClient

from ..statuses import MEANINGS
from .book import Book, Scan, Shipment
from .reads import track_row

_PUSH_TIMEOUT = 10.0


class Advance(BaseModel):
    """A scan of one shipment, named by its AWB or by the client's id. `at` is now unless said."""

    model_config = ConfigDict(extra="forbid")

    awb: str | None = None
    external_order_id: str | None = None
    status_id: int
    text: str | None = None
    locality: str | None = None
    at: AwareDatetime | None = None
    return_awb: str | None = None


class Push(BaseModel):
    """A "Track push" of these AWBs (all, unless said) to `url`."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(pattern="^https?://")]
    awbs: list[str] | None = None


def routes(book: Book) -> list[Route]:
    async def advance(request: Request) -> Response:
        try:
            wanted = Advance.model_validate_json(await request.body())
        except ValidationError as problem:
            return _unreadable(problem)
        shipment = _named(book, wanted)
        if shipment is None:
            return JSONResponse({"error": "no such shipment"}, 404)
        meaning = MEANINGS.get(wanted.status_id)
        text = wanted.text or (meaning.text if meaning else f"Status {wanted.status_id}")
        shipment.scans.append(Scan(wanted.status_id, text, wanted.at or _after(shipment, book.now()), wanted.locality))
        shipment.return_awb = wanted.return_awb or shipment.return_awb
        return JSONResponse(track_row(shipment))

    async def push(request: Request) -> Response:
        try:
            wanted = Push.model_validate_json(await request.body())
        except ValidationError as problem:
            return _unreadable(problem)
        items = [track_row(one) for one in book.shipments if wanted.awbs is None or one.awb in wanted.awbs]
        return JSONResponse(await run_in_threadpool(_post, wanted.url, items))

    return [
        Route("/_sandbox/advance", advance, methods=["POST"]),
        Route("/_sandbox/push", push, methods=["POST"]),
    ]


def _named(book: Book, wanted: Advance) -> Shipment | None:
    """The last made, if several have the client's id."""
    found = [
        shipment
        for shipment in book.shipments
        if wanted.awb == shipment.awb or (wanted.external_order_id or object()) == shipment.external_order_id
    ]
    return found[-1] if found else None


def _after(shipment: Shipment, now: datetime) -> datetime:
    """Now, but never before what happened already: tests advance faster than any clock ticks."""
    return max(now, shipment.current.at)


def _post(url: str, items: list[dict[str, object]]) -> dict[str, object]:
    client = HttpClient(timeout=_PUSH_TIMEOUT)
    try:
        return {"status": client.send("POST", url, json=items).status, "items": len(items)}
    except ConnectorSignal as problem:
        return {"status": None, "items": len(items), "error": str(problem)}
    finally:
        client.close()


def _unreadable(problem: ValidationError) -> Response:
    return JSONResponse({"error": problem.errors(include_url=False, include_context=False, include_input=False)}, 422)
