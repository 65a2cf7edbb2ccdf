"""/graphql/stream: a subscription as server-sent events, after graphql-sse's "distinct connections" mode.

Each answer is `event: next` with the feed's cursor as its `id`; a client that comes back with `Last-Event-ID` goes on
from there. `event: complete` says that there is nothing more to come. While nothing happens, a comment is sent, by
which both sides notice a connection that is gone. When the process ends, so does the body, without `complete`: come
back.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.graphql.admission import Admitted, NotAdmitted, admit
from api.graphql.http import Answer, not_run, refusal, refused_request, response
from api.graphql.idempotency import RequestRefused
from api.graphql.negotiation import GRAPHQL, JSON
from api.graphql.requests import GraphQLRequest, read_request
from api.services import Services

from .origins import may_come
from .streams import Caller, Ended, Next, answers

log = structlog.get_logger(__name__)

EVENT_STREAM = "text/event-stream"
COMMENT_SECONDS = 12.0
SEND_SECONDS = 30.0
"""How long a client may leave what is sent to him unread, before he is taken for gone."""


async def stream(request: Request) -> Response:
    """The route."""
    services: Services = request.app.state.services
    if not may_come(request, services.settings):
        return response(refusal(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not ask here."), JSON)
    accept = request.headers.get("accept", "*/*")
    if not any(kind in accept for kind in (EVENT_STREAM, "text/*", "*/*")):
        return response(refusal(406, "NOT_ACCEPTABLE", f"This answers with {EVENT_STREAM}."), JSON)
    try:
        opened = await _open(request, services)
    except RequestRefused as refused:
        opened = refused_request(refused)
    return response(opened, GRAPHQL) if isinstance(opened, Answer) else opened


async def _open(request: Request, services: Services) -> Answer | Response:
    known = await services.callers.caller(request)
    asked = await read_request(request)
    admitted = admit(asked, known.actor)
    if isinstance(admitted, NotAdmitted):
        return not_run(admitted.errors, GRAPHQL, status=403 if admitted.forbidden else None)
    if not admitted.operation.is_subscription:
        return refusal(400, "NO_SUBSCRIPTION", "Only subscriptions are answered here; send others to /graphql.")
    return EventStream(Caller(services, request, known), admitted, asked)


class EventStream(Response):
    """A body without end, until the client, the subscription or the process ends."""

    media_type = EVENT_STREAM

    def __init__(self, caller: Caller, admitted: Admitted, asked: GraphQLRequest) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._caller = caller
        self._admitted = admitted
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with ExitStack() as held:
            try:
                held.enter_context(self._caller.services.live.places.taken(self._caller.actor))
            except RequestRefused as full:
                await response(refusal(full.status, full.code, full.message), GRAPHQL)(scope, receive, send)
                return
            sending = asyncio.ensure_future(self._send(send))
            gone = asyncio.ensure_future(_gone(receive))
            try:
                await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                if not sending.done():
                    sending.cancel()
                await asyncio.gather(gone, return_exceptions=True)
            try:
                await sending
            except asyncio.CancelledError:
                log.info("reader_gone")
            except TimeoutError:
                log.warning("reader_too_slow", seconds=SEND_SECONDS)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        resume_after = self._caller.connection.headers.get("last-event-id") or None
        async with aclosing(self._parts(resume_after)) as parts:
            async for part in parts:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _parts(self, resume_after: str | None) -> AsyncGenerator[bytes, None]:
        yield b":\n\n"
        last = time.monotonic()
        ending = self._caller.services.live.ending
        async with aclosing(answers(self._caller, self._admitted, self._asked, resume_after)) as outs:
            async for out in outs:
                if isinstance(out, Next):
                    named = "" if out.cursor is None else f"id: {out.cursor}\n"
                    yield f"event: next\n{named}data: ".encode() + orjson.dumps(out.body) + b"\n\n"
                elif isinstance(out, Ended):
                    yield b"event: next\ndata: " + orjson.dumps({"errors": out.errors}) + b"\n\n"
                elif time.monotonic() - last >= COMMENT_SECONDS:
                    yield b":\n\n"
                else:
                    continue
                last = time.monotonic()
        if not ending.is_set():
            yield b"event: complete\ndata: \n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
