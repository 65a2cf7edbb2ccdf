"""Which keys the sealed values are under, and which of them cannot be read."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kernel.secrets import Vault, WrongKeyError, key_name

from .places import SEALED

PAGE = 500
UNNAMED = "unnamed"
"""How values of version 1 are counted, which do not say their key."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """How many values there are by the name of their key; `unreadable` are what people call the row, and why."""

    current: str
    counts: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many are not under the current key, those that cannot be read included."""
        return self.counts.total() - self.counts[self.current]

    @property
    def well(self) -> bool:
        return not self.left and not self.unreadable


async def key_status(connection: AsyncConnection, vault: Vault) -> KeyStatus:
    """Opens every sealed value there is, a page at a time."""
    status = KeyStatus(vault.current[1:].hex())
    for one in SEALED:
        last: tuple[Any, ...] | None = None
        while rows := (await connection.execute(one.rows(last, PAGE))).all():
            for row in rows:
                status.counts[key_name(row.sealed) or UNNAMED] += 1
                try:
                    vault.open(row.sealed, one.place_of(row))
                except WrongKeyError as error:
                    status.unreadable.append((one.label_of(row), str(error)))
            last = one.key_of(rows[-1])
    return status
