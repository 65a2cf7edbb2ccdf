"""The connector's memory and locks of one account, kept in the database: the contract's `State` and `lock(name)`."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.connector_state import ConnectorState
from domain.kernel.locks import lock_names
from domain.kernel.secrets import WrongKeyError

from .runtime import Runtime
from .signals import NotNow, Taken

log = structlog.get_logger(__name__)

LOCK_WAIT = 10.0
"""Seconds that a hook waits for a lock before its work is put back."""


class DatabaseState:
    """`State` of one account. A key's plain and secret value are two values, as the contract's memory has them."""

    def __init__(self, runtime: Runtime, account_id: UUID) -> None:
        self._runtime = runtime
        self._account_id = account_id

    def get(self, key: str, *, secret: bool = False) -> str | None:
        return self._runtime.run(self._get(key, secret))

    def set(self, key: str, value: str | None, *, expected: str | None, secret: bool = False) -> bool:
        return self._runtime.run(self._set(key, value, expected, secret))

    async def _get(self, key: str, secret: bool) -> str | None:
        async with self._runtime.database.begin() as session:
            return self._read(await session.get(ConnectorState, (self._account_id, key)), secret)

    async def _set(self, key: str, value: str | None, expected: str | None, secret: bool) -> bool:
        async with self._runtime.database.begin() as session:
            # The row may not be there yet, so it is not the row that is locked.
            await lock_names(session, [self._place(key)])
            row = await session.get(ConnectorState, (self._account_id, key))
            if self._read(row, secret) != expected:
                return False
            await self._write(session, row, key, value, secret)
        return True

    async def _write(
        self, session: AsyncSession, row: ConnectorState | None, key: str, value: str | None, secret: bool
    ) -> None:
        plain, sealed = (None, None) if row is None else (row.value, row.sealed)
        if secret:
            sealed = None if value is None else self._runtime.vault.seal(value, self._place(key))
        else:
            plain = value
        here = {"account_id": self._account_id, "key": key}
        if plain is None and sealed is None:
            await session.execute(delete(ConnectorState).filter_by(**here))
            return
        values = {"value": plain, "sealed": sealed}
        await session.execute(
            insert(ConnectorState)
            .values(**here, **values)
            .on_conflict_do_update(index_elements=["account_id", "key"], set_=values)
        )

    def _read(self, row: ConnectorState | None, secret: bool) -> str | None:
        if row is None:
            return None
        if not secret:
            return row.value
        if row.sealed is None:
            return None
        try:
            return str(self._runtime.vault.open(row.sealed, self._place(row.key)))
        except WrongKeyError as error:
            # Within a hook anything else would be taken for a fault of the connector.
            log.error("credentials_unreadable", reason=str(error))
            raise NotNow(str(error)) from error

    def _place(self, key: str) -> str:
        return f"connector_state:{self._account_id}:{key}"


class AccountLocks:
    """`lock(name)` of one account, exclusive over all workers; `NotNow` (a `TryLater`) when it is not had in time."""

    def __init__(self, runtime: Runtime, account_id: UUID, *, wait: float = LOCK_WAIT) -> None:
        self._runtime = runtime
        self._account_id = account_id
        self._wait = wait

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        try:
            with self._runtime.hold(f"account:{self._account_id}:{name}", wait=self._wait):
                yield
        except Taken as taken:
            raise NotNow(str(taken)) from taken
