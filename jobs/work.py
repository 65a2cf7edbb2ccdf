"""A piece of work, and the frame in which it is carried out.

A handler is a plain function on a worker's thread. It may commit what it likes on the way, calls the far side, and ends
with `finishing(work)`: the transaction that holds the effect also deletes the outbox row. So a row that is gone is work
that is done, and a message that comes twice, late or after a crash changes nothing. What a handler may raise:

- `LeaveAlone`: another worker is at it; the row stays as it is, and is sent again should that worker die: when its
  lease ends, else by the sweep;
- `TryLater`: done again after the time it names, else after a growing pause; with `NotNow` it was no attempt;
- `NeedsHuman` and an account that cannot be used: given up at once, and told to a person;
- what a database that is away makes of it: done again, and it was no attempt;
- anything else: a fault. Done again after a growing pause, and given up after the consumer's last attempt.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.outbox import OutboxRow

from . import rows
from .runtime import Runtime
from .signals import AlreadyDone


@dataclass(slots=True)
class Work:
    """One outbox row, as it was when the worker took it."""

    id: int
    consumer: str
    aggregate: str
    payload: Mapping[str, Any]
    attempts: int
    correlation_id: str
    finished: bool = field(default=False, init=False)

    def id_of(self, name: str) -> UUID:
        """An id in the payload. Raises `KeyError` or `ValueError`: then the row was written wrongly."""
        return UUID(self.payload[name])


Handler = Callable[[Runtime, Work], None]
Together = Callable[[Runtime, Sequence[Work]], None]
GivenUp = Callable[[Runtime, AsyncSession, Work, Exception], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumer:
    """Who carries a kind of work out, and on which queue.

    `together` does up to `batch` pieces in one go; when it raises, they are done one by one. `gave_up` is awaited in
    the transaction that ends the work after the last of `attempts`, or when only a person can help: it leaves what a
    person needs. Without it the row becomes a dead letter. `patient` work waits, as long as it takes, for an account
    that does not fit its connector; what somebody waits for is given up instead, which answers them.
    """

    queue: str
    handle: Handler
    together: Together | None = None
    batch: int = 1
    attempts: int = 10
    first_pause: timedelta = timedelta(seconds=2)
    gave_up: GivenUp | None = None
    patient: bool = True


@asynccontextmanager
async def finishing(runtime: Runtime, work: Work) -> AsyncIterator[AsyncSession]:
    """The transaction that ends a piece of work. Raises `AlreadyDone` when somebody else ended it."""
    async with finishing_all(runtime, [work]) as (session, left):
        if not left:
            raise AlreadyDone
        yield session


@asynccontextmanager
async def finishing_all(runtime: Runtime, works: Sequence[Work]) -> AsyncIterator[tuple[AsyncSession, Sequence[Work]]]:
    """The transaction that ends several pieces of work: hands over those that nobody else has ended yet."""
    async with runtime.database.begin() as session:
        taken = await rows.take(session, [work.id for work in works])
        left = [work for work in works if work.id in taken]
        yield session, left
    for work in works:
        work.finished = True


def as_work(row: OutboxRow) -> Work:
    return Work(
        id=row.id,
        consumer=row.consumer,
        aggregate=row.aggregate,
        payload=row.payload,
        attempts=row.attempts,
        correlation_id=row.correlation_id or f"outbox-{row.id}",
    )
