"""Every sealed value is brought under the current key, a batch in each transaction."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.crash import crash_point, declare
from domain.kernel.database import Database
from domain.kernel.secrets import Vault, WrongKeyError

from .places import SEALED, SealedColumn

BATCH = 100
declare("keys.batch_rotated")


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What one batch did: how many were rewrapped, who could not be read (what people call the row, and why), and
    behind which key the next batch begins; None: there is nothing more.
    """

    count: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    last: tuple[Any, ...] | None = None


async def rewrap_batch(
    session: AsyncSession, vault: Vault, one: SealedColumn, after: tuple[Any, ...] | None, limit: int = BATCH
) -> Rewrapped:
    """Rewraps the next values of a column that are not under the current key.

    Any number may do so at once, and while others write: each row is locked, and looked at again once it is. What
    cannot be read stays as it is.
    """
    needed = one.rows(after, limit).where(one.needs(vault.current)).with_for_update(key_share=True, of=one.table)
    count, unreadable, last = 0, [], None
    for row in (await session.execute(needed)).all():
        last = one.key_of(row)
        try:
            sealed = vault.rewrapped(row.sealed, one.place_of(row))
        except WrongKeyError as error:
            unreadable.append((one.label_of(row), str(error)))
            continue
        await session.execute(update(one.table).where(*one.is_row(row)).values({one.column.key: sealed}))
        count += 1
    return Rewrapped(count, unreadable, last)


async def rotate_keys(database: Database, vault: Vault, limit: int = BATCH) -> int:
    """Rewraps all there is; how many values. Killed half-way, it goes on where it was when it is run again."""
    count = 0
    for one in SEALED:
        last: tuple[Any, ...] | None = None
        while True:
            async with database.begin() as session:
                batch = await rewrap_batch(session, vault, one, last, limit)
            crash_point("keys.batch_rotated")
            count, last = count + batch.count, batch.last
            if last is None:
                break
    return count
