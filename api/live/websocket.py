"""/graphql by WebSocket: the protocol graphql-transport-ws, word for word.

A connection is opened by `connection_init` with the key or token, as a header, in its payload or as a cookie; then it
carries any number of operations, each by an id of the client's. What the client does wrong closes the connection with
the protocol's codes.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import ExitStack, aclosing, suppress
from math import ceil
from typing import Any

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from structlog.contextvars import bind_contextvars, clear_contextvars

from api import throttle
from api.auth import Known
from api.correlation import HEADER, correlation_id_of
from api.graphql.admission import Admitted, NotAdmitted, admit
from api.graphql.context import Context
from api.graphql.errors import answer_errors
from api.graphql.http import run
from api.graphql.idempotency import RequestRefused
from api.graphql.negotiation import GRAPHQL
from api.graphql.requests import GraphQLRequest, request_of
from api.proofs import Proof
from api.services import Services
from domain.kernel.away import database_is_away

from .origins import may_come
from .streams import Caller, Ended, Next, answers

log = structlog.get_logger(__name__)

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
SEND_SECONDS = 30.0
MOST_OPERATIONS = 100
IDLE_SECONDS = 600.0
"""How long a connection may be open with nothing going on over it."""
_LONGEST_REASON = 120


class Closed(Exception):  # noqa: N818 - how a connection ends
    """The connection is closed with this code, for this reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason[:_LONGEST_REASON]


async def websocket(socket: WebSocket) -> None:
    """The route."""
    services: Services = socket.app.state.services
    clear_contextvars()
    bind_contextvars(correlation_id=correlation_id_of(socket.headers.get(HEADER)))
    if not may_come(socket, services.settings):
        await socket.close()  # before it is accepted: HTTP 403
        return
    if PROTOCOL not in socket.scope.get("subprotocols", []):
        await socket.accept()
        await socket.close(4406, f"Subprotocol not acceptable: {PROTOCOL} is spoken here")
        return
    await socket.accept(PROTOCOL)
    await Conversation(services, socket).hold()


class Conversation:
    """One connection. Each operation is a task; whatever closes the connection ends them all."""

    def __init__(self, services: Services, socket: WebSocket) -> None:
        self._services = services
        self._socket = socket
        self._asked_to_open = False
        self._proof: Proof | None = None
        self._open = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._held = ExitStack()
        self._idle: asyncio.TimerHandle | None = None
        self._sending = asyncio.Lock()
        self._closing: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()

    async def hold(self) -> None:
        """Converses until one side ends it."""
        listening = asyncio.ensure_future(self._listen())
        timer = asyncio.get_running_loop().call_later(INIT_SECONDS, self._too_late)
        try:
            ends: list[asyncio.Future[Any]] = [listening, self._closing]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            self._held.close()
            if self._idle is not None:
                self._idle.cancel()
            tasks = [listening, *self._operations.values()]
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        closed = self._closing.result() if self._closing.done() else results[0]
        if isinstance(closed, Closed):
            await self._close(closed)
        elif isinstance(closed, Exception):
            log.error("internal_error", exc_info=closed)
            await self._close(Closed(1011, "internal error"))

    async def _close(self, closed: Closed) -> None:
        if self._socket.client_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
                async with asyncio.timeout(SEND_SECONDS):
                    await self._socket.close(closed.code, closed.reason)

    def _too_late(self) -> None:
        if not self._asked_to_open:
            self._end(Closed(4408, "Connection initialisation timeout"))

    def _rest(self) -> None:
        """From now on nothing goes on."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._rested)

    def _rested(self) -> None:
        if not self._operations:
            self._end(Closed(1001, "Nothing was asked for a long time. Come back when you ask for something"))

    def _end(self, closed: Closed) -> None:
        if not self._closing.done():
            self._closing.set_result(closed)

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._hear(_parsed(message.get("text")))

    async def _hear(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_init":
                await self._begin(message.get("payload"))
            case "ping":
                payload = message.get("payload")
                await self._send({"type": "pong"} | ({"payload": payload} if isinstance(payload, dict) else {}))
            case "pong":
                pass
            case "subscribe":
                self._subscribe(message)
            case "complete":
                operation = self._operations.pop(_id_of(message), None)
                if operation is not None:
                    operation.cancel()
                    self._rest()
            case other:
                raise Closed(4400, f"Invalid message: {str(other)[:40]!r} is no type of message")

    async def _begin(self, payload: Any) -> None:
        if self._asked_to_open:
            raise Closed(4429, "Too many initialisation requests")
        self._asked_to_open = True
        if not isinstance(payload, dict | None):
            raise Closed(4400, "Invalid message: payload is an object")
        given = {str(name).lower(): value for name, value in (payload or {}).items()}
        authorization, csrf = given.get("authorization"), given.get("x-csrf-token")
        known = await self._first_known(
            authorization if isinstance(authorization, str) else None, csrf if isinstance(csrf, str) else ""
        )
        if not self._held.enter_context(self._services.live.sockets.taken(known.actor)):
            raise Closed(1013, "You have too many connections open. End some first")
        self._proof = known.proof
        self._open = True
        self._rest()
        await self._send({"type": "connection_ack"})

    async def _first_known(self, authorization: str | None, csrf: str) -> Known:
        """Who opens the connection. To guess here is held up as it is by HTTP."""
        allowances, scope = self._services.allowances, self._socket.scope
        proof = allowances.proof(self._socket, authorization)
        wait = allowances.held_up(proof, scope)
        if wait:
            raise Closed(1013, f"{throttle.CODE}: too many requests. Come back in {ceil(wait)} seconds")
        try:
            known = await self._known(
                self._services.callers.caller(self._socket, authorization=authorization, csrf=csrf)
            )
        except Closed as closed:
            refused = closed.__cause__
            if proof is not None and isinstance(refused, RequestRefused) and refused.status == 401:
                allowances.were_wrong(proof, scope)
            raise
        if proof is not None:
            allowances.were_good(proof, throttle.name_of(known.actor))
        return known

    async def _caller(self) -> Caller:
        """Who is there, asked anew for each operation: a connection may outlive its key."""
        assert self._proof is not None  # the connection is open
        return Caller(self._services, self._socket, await self._known(self._services.callers.again(self._proof)))

    async def _known(self, finding: Awaitable[Known]) -> Known:
        """Raises `Closed` where the connection cannot go on."""
        try:
            return await finding
        except RequestRefused as refused:
            raise Closed(4403, f"Forbidden: {refused.code}. {refused.message}") from refused
        except Exception as fault:
            if database_is_away(fault):
                raise Closed(1013, "The database is away. Come back in a moment") from fault
            raise

    def _subscribe(self, message: dict[str, Any]) -> None:
        if not self._open:
            raise Closed(4401, "Unauthorized")
        name = _id_of(message)
        if not isinstance(message.get("payload"), dict):
            raise Closed(4400, "Invalid message: payload is an object")
        if name in self._operations:
            raise Closed(4409, f"Subscriber for {name} already exists")
        task = asyncio.ensure_future(self._operation(name, message["payload"]))
        self._operations[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, task: "asyncio.Task[None]") -> None:
        if self._operations.get(name) is task:
            del self._operations[name]
        if not self._closing.done():
            self._rest()
        fault = None if task.cancelled() else task.exception()
        if isinstance(fault, Closed):
            self._end(fault)
        elif fault is not None and not isinstance(fault, WebSocketDisconnect):
            log.error("internal_error", exc_info=fault)
            self._end(Closed(1011, "internal error"))

    async def _operation(self, name: str, payload: dict[str, Any]) -> None:
        try:
            if len(self._operations) > MOST_OPERATIONS:
                raise RequestRefused(
                    429,
                    "TOO_MANY_SUBSCRIPTIONS",
                    f"A connection carries {MOST_OPERATIONS} operations at a time. End some first.",
                )
            caller = await self._caller()
            if self._services.allowances.held_up_again(caller.actor):
                raise RequestRefused(429, throttle.CODE, throttle.MESSAGE)
            asked = request_of(payload)
            admitted = admit(asked, caller.actor)
            if isinstance(admitted, NotAdmitted):
                await self._error(name, answer_errors(admitted.errors)[0])
                return
            self._services.allowances.count_cost(caller.actor, admitted.cost)
            if admitted.operation.is_subscription:
                await self._follow(name, caller, admitted, asked)
            else:
                await self._answer_once(name, caller, admitted, asked)
        except RequestRefused as refused:
            await self._error(name, [{"message": refused.message, "extensions": refused.extensions}])

    async def _follow(self, name: str, caller: Caller, admitted: Admitted, asked: GraphQLRequest) -> None:
        with self._services.live.places.taken(caller.actor):
            async with aclosing(answers(caller, admitted, asked)) as outs:
                async for out in outs:
                    if isinstance(out, Next):
                        await self._send({"id": name, "type": "next", "payload": out.body})
                    elif isinstance(out, Ended):
                        if out.gone:
                            raise Closed(4403, "Forbidden: your key or session has ended")
                        await self._error(name, out.errors)
                        return
        if not self._services.live.ending.is_set():
            await self._send({"id": name, "type": "complete"})

    async def _answer_once(self, name: str, caller: Caller, admitted: Admitted, asked: GraphQLRequest) -> None:
        context = Context(self._services, caller.actor, admitted.document, self._socket, caller=caller.known)
        answer = await run(context, admitted.operation, asked, admitted.cost, GRAPHQL)
        if "data" not in answer.body:
            await self._error(name, answer.body["errors"])
            return
        await self._send({"id": name, "type": "next", "payload": answer.body})
        await self._send({"id": name, "type": "complete"})

    async def _error(self, name: str, errors: list[dict[str, Any]]) -> None:
        await self._send({"id": name, "type": "error", "payload": errors})

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS), self._sending:
                await self._socket.send_text(orjson.dumps(message).decode())
        except TimeoutError as slow:
            raise Closed(
                1013, "What was sent was not read in time. Come back, and go on from your last cursor"
            ) from slow


def _parsed(text: str | None) -> dict[str, Any]:
    """The message. Raises `Closed` for what is none."""
    try:
        message = orjson.loads(text or "")
    except orjson.JSONDecodeError as error:
        raise Closed(4400, "Invalid message: not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closed(4400, "Invalid message: an object with a type is expected")
    return message


def _id_of(message: dict[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= 255:
        raise Closed(4400, "Invalid message: id is a text of 1 to 255 letters")
    return name
