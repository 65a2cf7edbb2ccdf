"""A subscription that runs, whatever door it came in by: its answers, one per event, until it or its caller ends.

While it runs, the caller is watched (`api.auth`): a key or session that was revoked or has expired, a permission that
was lost, or a view that is another now (`Actor.scope`), ends what was begun with it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution.execute import create_source_event_stream, execute_subscription_event
from starlette.requests import HTTPConnection
from strawberry.execution import optimized_is_awaitable

from api.auth import Known
from api.graphql.admission import Admitted
from api.graphql.context import Context
from api.graphql.errors import answer_errors
from api.graphql.permissions import forbidden
from api.graphql.requests import GraphQLRequest
from api.graphql.schema import executable
from api.graphql.tuning import TunedExecutor
from api.services import Services
from domain.kernel.actor import Actor

QUIET_SECONDS = 3.0
"""How long nothing happens before that is said."""
VIEW_CHANGED = "What you see is another now. Read anew what you show, then subscribe again."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who follows, and how."""

    services: Services
    connection: HTTPConnection
    known: Known

    @property
    def actor(self) -> Actor:
        return self.known.actor


@dataclass(frozen=True, slots=True)
class Next:
    """An answer; `cursor` is the place in the feed to go on from."""

    body: dict[str, Any]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The stream ends with these errors, which come in the place of an answer; `gone`: the caller has ended."""

    errors: list[dict[str, Any]]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing happened for a while."""


Out = Next | Ended | Quiet


async def answers(
    caller: Caller, admitted: Admitted, asked: GraphQLRequest, resume_after: str | None = None
) -> AsyncGenerator[Out, None]:
    """What a subscription answers. It ends without a word when the process is told to end. To be closed."""
    services = caller.services
    context = Context(
        services, caller.actor, admitted.document, caller.connection, resume_after=resume_after, caller=caller.known
    )
    executor = _executor(context, admitted, asked)
    if isinstance(executor, list):
        yield Ended(answer_errors(executor)[0])
        return
    source = create_source_event_stream(executor)
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        yield Ended(answer_errors(source.errors or ())[0])
        return
    assert isinstance(source, AsyncGenerator)  # as all root fields of Subscription are
    # Closed from the inside out: who waits for the source is done before the source is closed.
    async with aclosing(source) as events, aclosing(_watched(context, caller, admitted, events)) as watched:
        async for event in watched:
            if isinstance(event, Ended | Quiet):
                yield event
            else:
                yield await _answer(executor, event)


def _executor(context: Context, admitted: Admitted, asked: GraphQLRequest) -> list[GraphQLError] | Any:
    assert admitted.document.tree is not None  # it was admitted
    return TunedExecutor.build(
        executable,
        admitted.document.tree,
        context_value=context,
        raw_variable_values=asked.variables,
        operation_name=asked.operation,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a type guard that does not say so
    )


async def _answer(executor: Any, event: Any) -> Next:
    result = execute_subscription_event(executor.build_per_event_executor(event))
    if isawaitable(result):
        result = await result
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = answer_errors(result.errors)[0]
    return Next(body, getattr(event, "cursor", None))


async def _watched(
    context: Context, caller: Caller, admitted: Admitted, events: AsyncGenerator[Any, None]
) -> AsyncGenerator[Any, None]:
    """The events, until the caller may no longer follow, also while nothing happens."""
    ending = asyncio.ensure_future(caller.services.live.ending.wait())
    coming: asyncio.Future[Any] | None = None
    with caller.services.callers.watched(caller.known) as watch:
        changed = asyncio.ensure_future(watch.changed.wait())
        try:
            while not ending.done():
                if coming is None:
                    coming = asyncio.ensure_future(anext(events))
                first = asyncio.FIRST_COMPLETED
                await asyncio.wait({coming, ending, changed}, timeout=QUIET_SECONDS, return_when=first)
                if changed.done():
                    watch.changed.clear()
                    changed = asyncio.ensure_future(watch.changed.wait())
                    ended = _ended(context.actor, watch.actor, admitted)
                    if ended is not None or watch.actor is None:
                        yield ended
                        return
                    context.actor = watch.actor
                if not coming.done():
                    yield Quiet()
                    continue
                done, coming = coming, None
                try:
                    event = done.result()
                except StopAsyncIteration:
                    return
                except Exception as fault:  # whatever it is, it is worded as every fault of a resolver
                    yield Ended(answer_errors([GraphQLError(str(fault), original_error=fault)])[0])
                    return
                yield event
        finally:
            left = [waiting for waiting in (ending, changed, coming) if waiting is not None]
            for waiting in left:
                waiting.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def _ended(before: Actor, actor: Actor | None, admitted: Admitted) -> Ended | None:
    """Why the caller may no longer follow; None: he may."""
    if actor is None:
        gone = GraphQLError(
            "Your key or session has ended. Come back with another.", extensions={"code": "UNAUTHENTICATED"}
        )
        return Ended(answer_errors([gone])[0], gone=True)
    refusals = forbidden(admitted.operation.needs, actor)
    if not refusals and actor.scope != before.scope:
        # What it holds was read, and is read on, with the view that the caller had as it began.
        refusals = [GraphQLError(VIEW_CHANGED, extensions={"code": "VIEW_CHANGED"})]
    return Ended(answer_errors(refusals)[0]) if refusals else None
