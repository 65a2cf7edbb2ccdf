"""A root mutation: one transaction, its refusals as types, and the answer read back fresh after the commit."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

import structlog
from graphql import GraphQLUnionType, get_named_type
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel import refusals as kernel
from domain.kernel.ids import parse_id
from domain.kernel.refusals import NotFound, Refusal
from domain.reads.order_rows import changes_since

from .answers import Made, answer
from .context import Context, Info, selected
from .idempotency import claim, keep
from .parts.orders import orders_by_key
from .standing import look_again
from .types.history import history_entry
from .types.order import Order
from .types.refusals import StaleVersion, refusal_as_type

R = TypeVar("R")
T = TypeVar("T")

Work: TypeAlias = Callable[[AsyncSession], Awaitable[Made]]

DEADLOCK_DETECTED = "40P01"
DEADLOCKS = 3
"""How often a mutation is done again."""

log = structlog.get_logger(__name__)


async def change(info: Info, work: Work) -> R:
    """The answer of a root mutation: what was made, or the refusal as a type of the field's union."""

    async def guarded(session: AsyncSession) -> Made:
        await look_again(info, session)
        return await work(session)

    try:
        result = await carry_out(info.context, guarded)
        return cast(R, await answer(info.context, result, selected(info)))
    except Refusal as refusal:
        return cast(R, await _refused_with_changes(info, refusal))


async def preview(info: Info, work: Work) -> R:
    """The order as `change` would leave it, read in a transaction that is then undone: nothing is written, no work is
    asked for, and no Idempotency-Key is used up."""
    try:
        return cast(R, await _past_deadlocks(lambda: _seen(info, work)))
    except Refusal as refusal:
        return cast(R, await _refused_with_changes(info, refusal))


async def _seen(info: Info, work: Work) -> Order:
    async with info.context.begin() as session:
        result = await work(session)
        await session.flush()
        orders = await orders_by_key(info.context, await session.connection(), [result.id], selected(info))
        await session.rollback()
        return orders[result.id]


async def _refused_with_changes(info: Info, refusal: Refusal) -> Any:
    value = refused(info, refusal)
    if isinstance(refusal, kernel.StaleVersion) and refusal.what == "order" and "changes" in selected(info):
        await _tell_changes(info.context, value, refusal)
    return value


async def _tell_changes(context: Context, value: StaleVersion, refusal: kernel.StaleVersion) -> None:
    """Says what others did meanwhile, so that the person can decide."""
    if refusal.key is None:
        return
    async with context.read() as connection:
        rows = await changes_since(connection, refusal.key, refusal.expected)
    value.changes = [history_entry(row) for row in rows]


async def carry_out(context: Context, work: Work) -> Made:
    """Runs the work in one transaction, once per Idempotency-Key; what it raises leaves nothing changed."""
    return await _past_deadlocks(lambda: _in_one_transaction(context, work))


async def _past_deadlocks(attempt: Callable[[], Awaitable[T]]) -> T:
    """An import confirms many orders in one transaction, so that its locks may cross those of a click. PostgreSQL then
    undoes one of the two; a click that was undone is done again.
    """
    for _ in range(DEADLOCKS):
        try:
            return await attempt()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK_DETECTED:
                raise
            log.warning("deadlock_repeated")
    return await attempt()


async def _in_one_transaction(context: Context, work: Work) -> Made:
    async with context.begin() as session:
        if context.idempotency_key is None:
            return await work(session)
        earlier = await claim(session, context.actor, context.idempotency_key, context.fingerprint)
        if earlier is not None:
            return Made(earlier["kind"], earlier["data"])
        result = await work(session)
        await session.flush()
        await keep(session, context.actor, context.idempotency_key, {"kind": result.kind, "data": dict(result.data)})
        return result


def refused(info: Info, refusal: Refusal) -> Any:
    """The refusal as a type of the field's union; one that the union does not have is raised, and becomes an error
    with its code.
    """
    union = get_named_type(info._raw_info.return_type)
    value = refusal_as_type(refusal)
    members = {member.name for member in union.types} if isinstance(union, GraphQLUnionType) else set()
    if value is None or type(value).__name__ not in members:
        raise refusal
    return value


def id_of(text: str, what: str, *path: str) -> UUID:
    """The id that a caller gave. Raises `NotFound` for a text that can be none."""
    key = parse_id(text)
    if key is None:
        raise NotFound(what, text, path=path or ("id",))
    return key
