"""Carries messages out: from outbox ids to handlers, and from what they raise to what happens to the row."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.contextvars import bound_contextvars, clear_contextvars

from domain.kernel.away import database_is_away
from domain.kernel.clock import utc_now
from domain.kernel.hidden import without_secrets
from domain.kernel.secrets import WrongKeyError
from omnisales_sdk import ConnectorSignal, NeedsHuman, TryLater
from plugins.host import HostError, InvalidAccount, NotLoaded

from . import rows
from .backoff import delay
from .runtime import Runtime
from .signals import AccountUnfit, AlreadyDone, LeaveAlone, NotNow
from .unfit import tell_unfit
from .work import Consumer, Work, as_work

log = structlog.get_logger(__name__)

CONNECTOR_AWAY = timedelta(minutes=1)
"""How long work waits for a connector that is not loaded, or for the key of its secrets; as often as it takes."""

ACCOUNT_UNFIT = timedelta(minutes=5)
"""How long work waits before its account is looked at again; who mends the account wakes it at once."""

DATABASE_AWAY = (DBAPIError, PoolTimeout, OSError)


class Unfinished(Exception):  # noqa: N818 - a fault of the handler, named for the log
    """The handler returned and had not ended its work."""


def carry_out(runtime: Runtime, consumers: Mapping[str, Consumer], name: str, ids: Sequence[int]) -> None:
    """Carries out the work of these outbox ids, all of the consumer `name`. Never raises: the row says what is next."""
    clear_contextvars()
    try:
        works = runtime.run(_load(runtime, ids))
    except DATABASE_AWAY as error:
        log.warning("work_not_loaded", ids=list(ids), error=type(error).__name__)
        return
    consumer = consumers.get(name)
    if consumer is None:
        log.error("no_such_consumer", consumer=name, ids=list(ids))
        return
    if consumer.together is not None and len(works) > 1:
        try:
            consumer.together(runtime, works)
        except Exception as error:  # whatever it was, it is met again by the one piece of work that raises it
            log.warning("batch_failed", consumer=name, size=len(works), error=f"{type(error).__name__}: {error}")
    for work in works:
        if not work.finished:
            _one(runtime, consumer, work)


async def _load(runtime: Runtime, ids: Sequence[int]) -> list[Work]:
    async with runtime.database.begin() as session:
        return [as_work(row) for row in await rows.load(session, ids)]


def _one(runtime: Runtime, consumer: Consumer, work: Work) -> None:
    with bound_contextvars(correlation_id=work.correlation_id, consumer=work.consumer, work=work.id):
        try:
            consumer.handle(runtime, work)
            if not work.finished:
                raise Unfinished(work.consumer)
        except AlreadyDone:
            log.info("work_done_before")
        except Exception as error:  # a handler's fault must end neither the thread nor the work
            try:
                runtime.run(_failed(runtime, consumer, work, error))
            except DATABASE_AWAY as away:
                log.warning("work_not_put_back", error=type(error).__name__, because=type(away).__name__)


async def _failed(runtime: Runtime, consumer: Consumer, work: Work, error: Exception) -> None:
    last = work.attempts + 1 >= consumer.attempts
    if isinstance(error, LeaveAlone):
        log.info("work_left_alone", until=error.until)
        if error.until is not None:
            await _put_back(runtime, work, max(error.until - utc_now(), timedelta()), counts=False)
    elif isinstance(error, NotNow):
        log.info("work_not_now", reason=error.message)
        await _put_back(runtime, work, error.after or consumer.first_pause, counts=False)
    elif isinstance(error, NotLoaded):
        log.warning("connector_away", reason=str(error))
        await _put_back(runtime, work, CONNECTOR_AWAY, counts=False)
    elif isinstance(error, WrongKeyError):
        log.error("credentials_unreadable", reason=str(error))
        await _put_back(runtime, work, CONNECTOR_AWAY, counts=False)
    elif isinstance(error, AccountUnfit) and consumer.patient:
        log.warning("account_unfit", account=str(error.account_id), reason=str(error))
        await _put_back(runtime, work, ACCOUNT_UNFIT, counts=False)
        await tell_unfit(runtime, error)
    elif lost_the_database(error):
        log.warning("database_away", error=f"{type(error).__name__}: {error}")
        await _put_back(runtime, work, consumer.first_pause, counts=False)
    elif isinstance(error, (NeedsHuman, InvalidAccount)) or last:
        await _give_up(runtime, consumer, work, error)
    else:
        pause = delay(work.attempts, consumer.first_pause)
        if isinstance(error, TryLater):
            log.info("work_put_back", reason=error.message, attempts=work.attempts + 1)
            pause = error.after or pause
        else:
            log.error("work_failed", attempts=work.attempts + 1, exc_info=error)
        await _put_back(runtime, work, pause)


def lost_the_database(error: Exception) -> bool:
    """Whether the database was away while the handler ran; a statement that it refused is a fault of the work.

    A far side that cannot be reached has a broken connection as its cause too; what connectors raise is told apart. An
    `OSError` of our own is a connection that could not be made: handlers open nothing else themselves.
    """
    if isinstance(error, (ConnectorSignal, HostError)):
        return False
    return isinstance(error, OSError) or database_is_away(error)


async def _put_back(runtime: Runtime, work: Work, after: timedelta, *, counts: bool = True) -> None:
    async with runtime.database.begin() as session:
        await rows.put_back(session, work.id, work.attempts, after, counts=counts)


async def _give_up(runtime: Runtime, consumer: Consumer, work: Work, error: Exception) -> None:
    """If leaving word for a person fails too, the work becomes a dead letter all the same: it is never lost."""
    log.error("work_given_up", attempts=work.attempts + 1, exc_info=error)
    words = f"{type(error).__name__}: {error}"
    if consumer.gave_up is not None:
        try:
            async with runtime.database.begin() as session:
                if work.id in await rows.take(session, [work.id]):
                    await consumer.gave_up(runtime, session, work, error)
            return
        except Exception as second:  # also a fault in telling must not keep the row in everybody's way
            log.exception("giving_up_failed")
            words = f"{words}; then {type(second).__name__}: {second}"
    async with runtime.database.begin() as session:
        await rows.bury(session, work.id, work.attempts + 1, without_secrets(words, runtime.settings.secrets()))
