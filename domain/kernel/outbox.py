"""The outbox: work that follows from a change, written in the transaction of the change.

One row is one piece of work for one consumer. The relay hands its id to a worker; the worker deletes the row in the
transaction that holds the effect, so that a row that is gone is work that is done. Redis only carries ids.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from structlog.contextvars import bound_contextvars, get_contextvars

from .clock import utc_now
from .database import Base, Json


class OutboxRow(Base):
    """A piece of work. `consumer` names the actor, `aggregate` what it is about: of one (aggregate, consumer) only
    the oldest row is sent at a time. `sent_at` is a stamp, not a proof; `attempts` and `not_before` are the only retry.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    consumer: Mapped[str]
    aggregate: Mapped[str]
    payload: Mapped[Json]
    correlation_id: Mapped[str | None]
    coalesce: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    __table_args__ = (
        Index("ix_outbox_unsent", "not_before", "id", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_sent", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
        Index("ix_outbox_aggregate", "aggregate", "consumer", "id"),
        Index(
            "uq_outbox_coalesced",
            "consumer",
            "aggregate",
            unique=True,
            postgresql_where=text("coalesce AND sent_at IS NULL"),
        ),
    )


class DeadLetter(Base):
    """Work that failed too often and was taken out of the outbox, so that it blocks nothing behind it. It is kept with
    its last error until a person has it done again (`revive`) or removes it.
    """

    __tablename__ = "dead_letters"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consumer: Mapped[str]
    aggregate: Mapped[str]
    payload: Mapped[Json]
    correlation_id: Mapped[str | None]
    created_at: Mapped[datetime]
    died_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]
    error: Mapped[str]


async def enqueue(
    session: AsyncSession,
    consumer: str,
    aggregate: str,
    payload: dict[str, Any] | None = None,
    *,
    after: timedelta = timedelta(),
    coalesce: bool = False,
) -> None:
    """Asks for work in this transaction.

    With `coalesce=True` a wish that is already waiting unsent for the same consumer and aggregate is enough: desired
    state is pushed once, however often it changed.
    """
    now = utc_now()
    statement = insert(OutboxRow).values(
        consumer=consumer,
        aggregate=aggregate,
        payload=payload or {},
        correlation_id=get_contextvars().get("correlation_id"),
        coalesce=coalesce,
        created_at=now,
        not_before=now + after,
        attempts=0,
    )
    if coalesce:
        statement = statement.on_conflict_do_nothing(
            index_elements=["consumer", "aggregate"], index_where=text("coalesce AND sent_at IS NULL")
        )
    await session.execute(statement)
    session.info["outbox"] = True


MOST_REVIVED = 1_000
"""At once; whoever has more asks again."""


async def revive_all(session: AsyncSession) -> int:
    """The oldest dead letters, at most `MOST_REVIVED`; returns how many there were."""
    oldest = select(DeadLetter.id).order_by(DeadLetter.id).limit(MOST_REVIVED).with_for_update(skip_locked=True)
    return await revive(session, list(await session.scalars(oldest)))


async def revive(session: AsyncSession, ids: Collection[int]) -> int:
    """Puts dead letters back into the outbox, as new work; returns how many there were."""
    rows = await session.scalars(delete(DeadLetter).where(DeadLetter.id.in_(ids)).returning(DeadLetter))
    letters = sorted(rows, key=lambda letter: letter.id)
    for letter in letters:
        with bound_contextvars(correlation_id=letter.correlation_id):
            await enqueue(session, letter.consumer, letter.aggregate, letter.payload)
    return len(letters)
