"""The database: the declarative base, column types, the engines, and the unit of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, Numeric, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from .ids import new_id
from .refusals import Refusal
from .wake import Waker

Json = dict[str, Any]
E = TypeVar("E", bound=StrEnum)

Key = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Amount = Annotated[Decimal, mapped_column(Numeric(18, 2))]
UnitPrice = Annotated[Decimal, mapped_column(Numeric(18, 6))]
Quantity = Annotated[Decimal, mapped_column(Numeric(14, 3))]


class Base(DeclarativeBase):
    """Base of all tables. Times are `timestamptz`, ids UUID, dicts JSONB."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name and form
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
    }


def text_enum(cls: type[E]) -> Enum:
    """A column that holds a StrEnum as text: adding a word needs no migration."""
    return Enum(
        cls, native_enum=False, create_constraint=False, length=40, values_callable=lambda e: [m.value for m in e]
    )


_FOR_PAGES = {"plan_cache_mode": "force_custom_plan", "random_page_cost": "1.1"}
"""How PostgreSQL plans our reads. A page of a status is to come from that status' index. With a plan for any status, or
with the costs of a turning disk, it reads all orders by their time until enough of that status are found, which takes
the longer the more others there are."""


_QUERY_CANCELED = "57014"
_CONNECT_SECONDS = 5.0
_POOL_SECONDS = 10.0


class DriverConnection(Protocol):
    """What we use of asyncpg's connection, for a statement that goes past SQLAlchemy."""

    async def execute(self, query: str, *args: object) -> str: ...

    def is_closed(self) -> bool: ...


class TimeLimit(Refusal):
    """A question that would read too much was stopped; `read_timeout_ms` is the limit."""

    code = "TIME_LIMIT"

    def __init__(self, read_timeout_ms: int) -> None:
        super().__init__(
            f"This was stopped after {read_timeout_ms / 1000:g} seconds, since it reads too much. Narrow the filter: "
            "name a status, a channel, a customer or dates, or search for a whole number."
        )


def _time_limit(read_timeout_ms: int | None) -> dict[str, str]:
    return {} if read_timeout_ms is None else {"statement_timeout": str(read_timeout_ms)}


class Database:
    """The engines of one process. `begin()` is the unit of work, `read()` a connection for questions.

    `read_timeout_ms`: how long a statement of a question may run; None: as long as it takes. `patience`: how many
    seconds the database may leave a statement without an answer before it is taken for one that hangs, and the caller
    is told that it is away; None: as long as it takes.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        read_pool_size: int | None = None,
        read_timeout_ms: int | None = None,
        patience: float | None = None,
    ) -> None:
        self.url = url
        self.engine = _engine(url, patience, pool_size=pool_size, max_overflow=pool_size)
        self.read_engine = _engine(
            url,
            # The server stops a statement and says so, if it can say anything.
            None if patience is None else max(patience, (read_timeout_ms or 0) / 1000 + 1),
            pool_size=read_pool_size or pool_size,
            max_overflow=pool_size,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            server_settings=_FOR_PAGES | _time_limit(read_timeout_ms),
        )
        self.single_engine = _engine(
            url, patience, pool_size=2, max_overflow=2, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
        )
        self.waker = Waker(self.single_engine)
        self._read_timeout_ms = read_timeout_ms
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends well, rolled back when it raises.

        Work that was put into the outbox wakes the relay after the commit.
        """
        async with self._sessions() as session:
            try:
                yield session
                await session.commit()
            except BaseException:
                await session.rollback()
                raise
        if session.info.pop("outbox", False):
            self.waker.wake()

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[DriverConnection]:
        """The driver's own connection, for exactly one statement, which PostgreSQL makes a transaction by itself:
        committed as it ends. The relay is woken after it.

        It saves the round trips of BEGIN and COMMIT and the way through the ORM, which is most of the time of a small
        write. Raises asyncpg's own errors.
        """
        connection, driver = await self._checked_out()
        try:
            yield driver
        except BaseException:
            await connection.invalidate()  # the statement went past the pool, which cannot tell what became of it
            raise
        finally:
            await connection.close()
        self.waker.wake()

    async def _checked_out(self) -> tuple[AsyncConnection, DriverConnection]:
        """A connection that is not known to be broken: after a restart of the database the pool is full of those."""
        while True:
            connection = await self.single_engine.connect()
            driver: DriverConnection | None = (await connection.get_raw_connection()).driver_connection
            if driver is not None and not driver.is_closed():
                return connection, driver
            await connection.invalidate()
            await connection.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection in autocommit: each statement sees what is committed, without BEGIN and ROLLBACK around it.

        Raises `TimeLimit` for a statement that was stopped because it took too long.
        """
        connection = None
        try:
            connection = await self.read_engine.connect()
            yield connection
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) == _QUERY_CANCELED and self._read_timeout_ms is not None:
                raise TimeLimit(self._read_timeout_ms) from fault
            raise
        finally:
            # Not `async with`, which makes a task of it: giving back a connection in autocommit waits for nothing.
            if connection is not None:
                await connection.close()

    def over(self, *, read_engine: AsyncEngine, engine: AsyncEngine) -> "Database":
        """This database by way of other engines, which have the same pools."""
        other = copy(self)
        other.read_engine, other.engine = read_engine, engine
        other._sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        return other

    @staticmethod
    def watch(engine: Engine) -> None:
        """Has an engine give up connections that hang."""
        event.listen(engine, "handle_error", _give_up_a_connection_that_hangs)

    async def close(self) -> None:
        await self.waker.close()
        await self.engine.dispose()
        await self.read_engine.dispose()
        await self.single_engine.dispose()


def _engine(
    url: str, patience: float | None, *, server_settings: dict[str, str] | None = None, **options: Any
) -> AsyncEngine:
    arguments = {"timeout": _CONNECT_SECONDS, "command_timeout": patience, "server_settings": server_settings or {}}
    engine = create_async_engine(
        url, pool_timeout=_POOL_SECONDS, connect_args=arguments, hide_parameters=True, **options
    )
    Database.watch(engine.sync_engine)
    return engine


def _give_up_a_connection_that_hangs(context: ExceptionContext) -> None:
    """SQLAlchemy would give it back to the pool, and wait for its ROLLBACK as long as for the statement."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


@event.listens_for(Session, "after_rollback")
def _forget_work(session: Session) -> None:
    session.info.pop("outbox", None)
