"""POST /webhooks/{channel} and /webhooks/couriers/{account}: what far sides send, stored raw, then acknowledged.

    unknown slug 404 -> too large 413 -> signature 401, ping 200 -> stored 200
    full, database away, or a secret that our key does not open: 503, come again

Whatever is signed is stored, be it JSON or not: what it is worth is found out afterwards. Where the far side signs
nothing, the last part of the path is the secret. While a connector cannot load, what comes for it is stored unverified
and waits.

Shops send in floods and retry what takes long, so this door stands before the routes and speaks ASGI itself: a request
costs it a third of what it costs through router, request and response.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import get_contextvars

from api.away import RETRY_AFTER
from api.bodies import BrokenOff, TooLarge, read_body
from api.buckets import Buckets
from api.metrics import THROTTLED, WEBHOOKS_REFUSED, WEBHOOKS_STORED
from api.throttle import retry_after
from domain.intake.models import Source
from domain.intake.store import NewItem
from plugins.host import Verdict, verify

from .accounts import CHANNEL, COURIER, Addressee, Addressees
from .answers import Answer, answer
from .group_commit import GroupCommit, NotStored, QueueFull
from .paths import PREFIX, Address, address_of
from .refusals import RefusedSignatures

_NEVER_KEPT = frozenset({"authorization", "cookie", "proxy-authorization"})
_STORED = answer(200, {"status": "stored"})
_PONG = answer(200, {"status": "pong"})
_BAD_SIGNATURE = answer(401, {"code": "BAD_SIGNATURE", "message": "The signature is wrong or missing."})
_POST_ONLY = answer(405, {"code": "METHOD_NOT_ALLOWED", "message": "Send webhooks by POST."}, {"Allow": "POST"})


@dataclass(slots=True)
class Door:
    """What the webhooks' door works with."""

    addressees: Addressees
    storage: GroupCommit
    refused: RefusedSignatures
    limit: int
    allowance: Buckets


class WebhookDoor:
    """An ASGI middleware: it answers what is addressed to it. `app.state.door` is a `Door`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = None
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            address = address_of(scope["path"])
        if address is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = address.route
        if scope["method"] != "POST":
            await _POST_ONLY.send(send)
            return
        given = await _take(scope["app"].state.door, address, scope, receive)
        await given.send(send)


async def _take(door: Door, address: Address, scope: Scope, receive: Receive) -> Answer:
    addressee = await door.addressees.find(address.kind, address.slug)
    if addressee is None:
        return _refuse(404, "unknown", "Nobody here takes webhooks under this address.")
    wait = door.allowance.take(f"{address.kind}:{address.slug}")
    if wait:
        THROTTLED.labels(address.kind).inc()
        return _refuse(429, "rate_limited", "Too many webhooks at once. Send it again.", retry_after(wait))
    headers = _headers(scope)
    try:
        body = await read_body(receive, headers.get("content-length", ""), door.limit)
    except TooLarge:
        return _refuse(413, "too_large", f"A webhook has at most {door.limit} bytes.")
    except BrokenOff:
        return _refuse(400, "broken_off", "The body broke off.")
    if addressee.scheme is None:
        return await _store(door, addressee, body, headers)
    if address.secret is not None and not addressee.scheme.in_path:
        return _refuse(404, "unknown", "Nobody here takes webhooks under this address.")
    verdict = verify(addressee.scheme, addressee.accepted(), body, headers, path_secret=address.secret)
    if verdict is Verdict.INVALID:
        # The secret may have been changed a moment ago, and the far side told of it already.
        addressee = await door.addressees.find(address.kind, address.slug, fresh=True) or addressee
        if addressee.scheme is not None:
            verdict = verify(addressee.scheme, addressee.accepted(), body, headers, path_secret=address.secret)
    if verdict is Verdict.INVALID and addressee.unreadable:
        return _refuse(503, "secret_unreadable", "We cannot check signatures now. Send it again.", RETRY_AFTER)
    if verdict is Verdict.INVALID:
        await door.refused.refused(addressee)
        return _BAD_SIGNATURE
    await door.refused.accepted(addressee)
    if verdict is Verdict.PING:
        return _PONG
    return await _store(door, addressee, body, headers)


async def _store(door: Door, addressee: Addressee, body: bytes, headers: Mapping[str, str]) -> Answer:
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
    WEBHOOKS_STORED.labels(addressee.kind, "true" if item.verified else "false").inc()
    return _STORED


def _headers(scope: Scope) -> dict[str, str]:
    """By name in small letters. Of a header that comes twice the first counts."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def _kept(addressee: Addressee, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that the connector reads. Of what is not verified yet all that the check may need."""
    if addressee.scheme is None:
        return {name: value for name, value in headers.items() if name not in _NEVER_KEPT}
    wanted = map(str.lower, addressee.scheme.keep_headers)
    return {name: headers[name] for name in wanted if name in headers}


def _refuse(status: int, reason: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    WEBHOOKS_REFUSED.labels(reason).inc()
    return answer(status, {"code": reason.upper(), "message": message}, headers)
