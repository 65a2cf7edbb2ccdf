"""/graphql, after the GraphQL-over-HTTP specification: POST for everything, GET for queries.

    who calls? -> the request -> the document, made ready once -> permissions, cost -> run it -> answer

Executed by graphql-core on the schema that strawberry made. Nothing is run before the whole document is allowed.
"""

import asyncio
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any, TypeGuard

import orjson
from graphql import ExecutionResult, GraphQLError, execute
from starlette.requests import Request
from starlette.responses import Response
from strawberry.execution import optimized_is_awaitable

from api.auth import Known
from api.away import RETRY_AFTER
from api.metrics import GRAPHQL as OPERATIONS
from api.services import Services
from domain.kernel.actor import NOBODY

from . import limits
from .admission import NotAdmitted, admit
from .anonymous import public_request
from .context import Context
from .documents import Operation
from .errors import answer_errors
from .idempotency import RequestRefused, fingerprint_of, usable
from .negotiation import GRAPHQL, JSON, media_type
from .requests import GraphQLRequest, read_request
from .schema import executable
from .tuning import TunedExecutor

QUERY_SECONDS = 15.0
MUTATION_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A body and its status; `headers` beside the content type."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] | None = None

    def keeping(self, cookie: str | None) -> "Answer":
        """The same, which has the browser keep a cookie."""
        return self if cookie is None else replace(self, headers={**(self.headers or {}), "Set-Cookie": cookie})


async def graphql(request: Request) -> Response:
    """The route."""
    kind = media_type(request.headers.get("accept"))
    if kind is None:
        return response(refusal(406, "NOT_ACCEPTABLE", f"Answers are {GRAPHQL} or {JSON}."), JSON)
    try:
        services: Services = request.app.state.services
        try:
            known = await services.callers.caller(request)
        except RequestRefused:
            asked = await public_request(request)
            if asked is None:
                raise
            known = None
        else:
            asked = await read_request(request)
        answer = await _answer(request, services, known, asked, kind)
    except RequestRefused as refused:
        answer = refused_request(refused)
    return response(answer, kind)


async def _answer(
    request: Request, services: Services, known: Known | None, asked: GraphQLRequest, kind: str
) -> Answer:
    actor = NOBODY if known is None else known.actor
    admitted = admit(asked, actor, keep=known is not None)
    if isinstance(admitted, NotAdmitted):
        return not_run(admitted.errors, kind, status=403 if admitted.forbidden else None)
    services.allowances.count_cost(actor, admitted.cost)
    operation = admitted.operation
    if operation.is_mutation and request.method == "GET":
        return refusal(405, "METHOD_NOT_ALLOWED", "Send mutations by POST.", {"Allow": "POST"})
    if operation.is_subscription:
        return refusal(
            405, "SUBSCRIBE_ELSEWHERE", "Subscribe by WebSocket (graphql-transport-ws) here, or at /graphql/stream."
        )
    context = Context(services, actor, admitted.document, request, caller=known)
    _take_key(request, operation, asked, context)
    return (await run(context, operation, asked, admitted.cost, kind)).keeping(context.cookie)


def _take_key(request: Request, operation: Operation, asked: GraphQLRequest, context: Context) -> None:
    key = request.headers.get("idempotency-key")
    if key is None or not operation.is_mutation:
        return
    if not usable(key):
        raise RequestRefused(400, "BAD_IDEMPOTENCY_KEY", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
    if operation.root_fields != 1:
        raise RequestRefused(
            400, "IDEMPOTENCY_ONE_MUTATION", "With an Idempotency-Key, a document holds one root mutation."
        )
    context.idempotency_key = key
    context.fingerprint = fingerprint_of(asked.query, asked.operation, asked.variables)


async def run(context: Context, operation: Operation, asked: GraphQLRequest, cost: int, kind: str) -> Answer:
    """Runs a query or mutation that was admitted, within its time."""
    limit = MUTATION_SECONDS if operation.is_mutation else QUERY_SECONDS
    try:
        async with asyncio.timeout(limit):
            result = await _execute(context, asked)
            errors, away = answer_errors(result.errors or ())
            if away and not operation.is_mutation:
                # The pool handed out a connection that a restart of the database had ended: the next one is new.
                result = await _execute(context, asked)
                errors, away = answer_errors(result.errors or ())
    except TimeoutError:
        _count(operation, "timeout")
        return refusal(
            503, "TIMEOUT", f"This took longer than {limit:.0f} seconds and was stopped. Ask for less.", RETRY_AFTER
        )
    _count(operation, "errors" if errors else "ok")
    if away:
        return Answer(503, {"errors": errors}, RETRY_AFTER)
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = errors
    not_run = result.data is None and not any(error.path for error in result.errors or ())
    if not not_run:
        body["data"] = result.data
    body["extensions"] = {"cost": {"asked": cost, "most": limits.MAX_COST}}
    refused = next(
        (e.original_error for e in result.errors or () if isinstance(e.original_error, RequestRefused)), None
    )
    if refused is not None:
        return Answer(refused.status, body, refused.headers)
    return Answer(_unrun_status(kind) if not_run else 200, body)


async def _execute(context: Context, asked: GraphQLRequest) -> ExecutionResult:
    assert context.document.tree is not None  # a document without errors has its tree
    result = execute(
        executable,
        context.document.tree,
        context_value=context,
        variable_values=asked.variables,
        operation_name=asked.operation,
        executor_class=TunedExecutor,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a type guard that does not say so
        is_async_iterable=_is_async_iterable,
    )
    return await result if isawaitable(result) else result


def _is_async_iterable(_: object) -> TypeGuard[AsyncIterable[Any]]:
    return False


def not_run(errors: Sequence[GraphQLError], kind: str, *, status: int | None = None) -> Answer:
    """The answer to a document that is not run."""
    shown, _ = answer_errors(errors)
    OPERATIONS.labels("unknown", "refused").inc()
    return Answer(status or _unrun_status(kind), {"errors": shown})


def _unrun_status(kind: str) -> int:
    """A request that is well-formed HTTP but no valid GraphQL: 400, which older clients take for a broken server."""
    return 400 if kind == GRAPHQL else 200


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to a request that is refused as a whole."""
    return Answer(status, {"errors": [{"message": message, "extensions": {"code": code}}]}, headers)


def refused_request(refused: RequestRefused) -> Answer:
    """The answer to what is no request that can be run."""
    return Answer(
        refused.status, {"errors": [{"message": refused.message, "extensions": refused.extensions}]}, refused.headers
    )


def response(answer: Answer, kind: str) -> Response:
    """The answer over HTTP."""
    return Response(
        orjson.dumps(answer.body),
        status_code=answer.status,
        media_type=f"{kind}; charset=utf-8",
        headers=None if answer.headers is None else dict(answer.headers),
    )


def _count(operation: Operation, outcome: str) -> None:
    OPERATIONS.labels("mutation" if operation.is_mutation else "query", outcome).inc()
