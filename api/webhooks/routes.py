"""POST /webhooks/{channel} and /webhooks/couriers/{account}: what far sides send, stored raw, then acknowledged.

    unknown slug 404 -> too large 413 -> signature 401, ping 200 -> stored 200; full or database away 503, come again

Whatever is signed is stored, be it JSON or not: what it is worth is found out afterwards. Where the far side signs
nothing, the last part of the path is the secret. While a connector cannot load, what comes for it is stored unverified
and waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from structlog.contextvars import get_contextvars

from api.away import RETRY_AFTER
from api.metrics import WEBHOOKS_REFUSED, WEBHOOKS_STORED
from domain.intake.models import Source
from domain.intake.store import NewItem
from plugins.host import Verdict, verify

from .accounts import CHANNEL, COURIER, Addressee, Addressees
from .bodies import TooLarge, read_body
from .group_commit import GroupCommit, NotStored, QueueFull
from .refusals import RefusedSignatures

_NEVER_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(slots=True)
class Door:
    """What the webhooks' door works with."""

    addressees: Addressees
    storage: GroupCommit
    refused: RefusedSignatures
    limit: int


def webhook_routes() -> list[BaseRoute]:
    """The routes. `app.state.door` is a `Door`."""
    return [
        Route("/webhooks/couriers/{slug}", _courier, methods=["POST"]),
        Route("/webhooks/couriers/{slug}/{secret}", _courier, methods=["POST"]),
        Route("/webhooks/{slug}", _channel, methods=["POST"]),
        Route("/webhooks/{slug}/{secret}", _channel, methods=["POST"]),
    ]


async def _channel(request: Request) -> Response:
    return await _take(request, CHANNEL)


async def _courier(request: Request) -> Response:
    return await _take(request, COURIER)


async def _take(request: Request, kind: str) -> Response:
    door: Door = request.app.state.door
    addressee = await door.addressees.find(kind, request.path_params["slug"])
    if addressee is None:
        return _refuse(404, "unknown", "Nobody here takes webhooks under this address.")
    try:
        body = await read_body(request, door.limit)
    except TooLarge:
        return _refuse(413, "too_large", f"A webhook has at most {door.limit} bytes.")
    except ClientDisconnect:
        return _refuse(400, "broken_off", "The body broke off.")
    headers = dict(request.headers)
    if addressee.scheme is None:
        return await _store(door, addressee, body, headers)
    secret = request.path_params.get("secret")
    if secret is not None and not addressee.scheme.in_path:
        return _refuse(404, "unknown", "Nobody here takes webhooks under this address.")
    verdict = verify(addressee.scheme, addressee.secrets, body, headers, path_secret=secret)
    if verdict is Verdict.INVALID:
        await door.refused.refused(addressee)
        return JSONResponse({"code": "BAD_SIGNATURE", "message": "The signature is wrong or missing."}, 401)
    await door.refused.accepted(addressee)
    if verdict is Verdict.PING:
        return JSONResponse({"status": "pong"})
    return await _store(door, addressee, body, headers)


async def _store(door: Door, addressee: Addressee, body: bytes, headers: Mapping[str, str]) -> Response:
    item = NewItem(
        channel_id=addressee.id if addressee.kind == CHANNEL else None,
        courier_account_id=addressee.id if addressee.kind == COURIER else None,
        source=Source.WEBHOOK,
        body=body,
        headers=_kept(addressee, headers),
        verified=addressee.scheme is not None,
        correlation_id=get_contextvars().get("correlation_id"),
    )
    try:
        await door.storage.store(item)
    except QueueFull:
        return _refuse(503, "queue_full", "Too much is waiting to be stored. Send it again.", RETRY_AFTER)
    except NotStored as fault:
        if fault.away:
            return _refuse(503, "database_away", "The database is away. Send it again.", RETRY_AFTER)
        return _refuse(500, "not_stored", "internal error")
    WEBHOOKS_STORED.labels(addressee.kind, str(item.verified).lower()).inc()
    return JSONResponse({"status": "stored"})


def _kept(addressee: Addressee, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that the connector reads. Of what is not verified yet all that the check may need."""
    if addressee.scheme is None:
        return {name: value for name, value in headers.items() if name not in _NEVER_KEPT}
    wanted = {name.lower() for name in addressee.scheme.keep_headers}
    return {name: value for name, value in headers.items() if name in wanted}


def _refuse(status: int, reason: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    WEBHOOKS_REFUSED.labels(reason).inc()
    return JSONResponse({"code": reason.upper(), "message": message}, status, dict(headers or {}))
