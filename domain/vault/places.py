"""Every column that holds sealed values. One that is not here would be lost with the key that it was sealed under."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from domain.access.models import SecondFactor
from domain.channels.models import Channel
from domain.kernel.connector_state import ConnectorState
from domain.kernel.database import Base
from domain.shipping.models import CourierAccount


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values. `place` is what binds a value to its row, and `label` what people call the row, both
    with the names of the row's columns in braces.
    """

    column: InstrumentedAttribute[bytes | None]
    place: str
    label: str

    @property
    def table(self) -> Table:
        return Base.metadata.tables[self.column.class_.__tablename__]

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.key}"

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> Select[Any]:
        """The rows with a value, in the order of their keys, beginning behind the key `after`: the value is `sealed`,
        the others have their own names.
        """
        key = tuple(self.table.primary_key)
        words = {word for text in (self.place, self.label) for _, word, _, _ in Formatter().parse(text) if word}
        others = [self.table.c[name] for name in sorted(words | {column.name for column in key})]
        statement = select(self.column.label("sealed"), *others).where(self.column.is_not(None))
        if after is not None:
            last = [literal(value, column.type) for value, column in zip(after, key, strict=True)]
            statement = statement.where(tuple_(*key) > tuple_(*last))
        return statement.order_by(*key).limit(limit)

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(row._mapping[column.name] for column in self.table.primary_key)

    def is_row(self, row: Any) -> list[ColumnElement[bool]]:
        """What finds this row again."""
        return [column == row._mapping[column.name] for column in self.table.primary_key]

    def place_of(self, row: Any) -> str:
        return self.place.format_map(row._mapping)

    def label_of(self, row: Any) -> str:
        return self.label.format_map(row._mapping)

    def needs(self, current: bytes) -> ColumnElement[bool]:
        """Whether a value does not begin as those under the current key do."""
        return func.substring(self.column, 1, len(current)) != current


SEALED: tuple[SealedColumn, ...] = (
    SealedColumn(Channel.credentials, "channel:{id}", "channel {slug}"),
    SealedColumn(CourierAccount.credentials, "courier:{id}", "courier account {slug}"),
    SealedColumn(Channel.old_secrets, "channel_old_secrets:{id}", "old webhook secrets of channel {slug}"),
    SealedColumn(
        CourierAccount.old_secrets, "courier_old_secrets:{id}", "old webhook secrets of courier account {slug}"
    ),
    SealedColumn(SecondFactor.sealed, "second_factor:{user_id}", "the second factor of person {user_id}"),
    SealedColumn(ConnectorState.sealed, "connector_state:{account_id}:{key}", "{key} of account {account_id}"),
)
"""Whoever keeps sealed values in a new column names it here; `place` is what they give to `Vault.seal`."""


def untold(tables: Iterable[Table], not_secret: Iterable[str]) -> list[str]:
    """The columns of bytes of these tables that are neither told here nor `not_secret`, as `table.column`."""
    told = {one.name for one in SEALED} | set(not_secret)
    columns = (column for table in tables for column in table.columns if column.type.python_type is bytes)
    return sorted({f"{column.table.name}.{column.name}" for column in columns} - told)
