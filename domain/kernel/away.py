"""Whether a fault means that the database is away: then whoever asked comes again, and nothing is logged as a bug. The
pool makes new connections by itself once the database is back.
"""

import asyncio

from asyncpg.exceptions import (  # type: ignore[import-untyped]
    AdminShutdownError,
    CannotConnectNowError,
    ConnectionDoesNotExistError,
    CrashShutdownError,
    InternalClientError,
    InvalidCatalogNameError,
    PostgresConnectionError,
    TooManyConnectionsError,
)
from asyncpg.exceptions import InterfaceError as DriverInterfaceError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = (
    AdminShutdownError,
    CannotConnectNowError,
    ConnectionDoesNotExistError,
    CrashShutdownError,
    InternalClientError,  # a statement that meets a connection in the moment in which it breaks
    InvalidCatalogNameError,
    PostgresConnectionError,
    TooManyConnectionsError,
    PoolTimeout,
    ConnectionError,
    TimeoutError,  # it is there and does not answer
    asyncio.IncompleteReadError,
)


def database_is_away(fault: BaseException | None) -> bool:
    """Whether this fault, or what caused it, comes of a database that cannot be reached or is going down."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        if isinstance(fault, _AWAY) or (isinstance(fault, DBAPIError) and fault.connection_invalidated):
            return True
        if isinstance(fault, (InterfaceError, DriverInterfaceError)) and "connection is closed" in str(fault):
            return True
        original = fault.orig if isinstance(fault, DBAPIError) else None
        fault = original or fault.__cause__ or fault.__context__
    return False
