"""Makes instances of a type from rows, with just the columns that the selection asks for.

Nothing is made that was not asked for, so that a list costs what its fields cost. An attribute that was not selected
is missing from the instance; the executor never looks for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from strawberry.utils.str_converters import to_snake_case

T = TypeVar("T")


class Source:
    """Where a field comes from: the columns it needs, and what makes its value of them (None: as it is)."""

    __slots__ = ("attribute", "columns", "make")

    def __init__(self, *columns: str, make: Callable[..., Any] | None = None, attribute: str | None = None) -> None:
        self.columns = columns
        self.make = make
        self.attribute = attribute


class Blueprint(Generic[T]):
    """The fields of one type (by their names in GraphQL) and their sources; `key` is always the row's id."""

    def __init__(self, cls: type[T], fields: Mapping[str, Source], *, always: Sequence[str] = ("id",)) -> None:
        self._cls = cls
        self._fields = fields
        self._always = tuple(always)
        self.plan = lru_cache(maxsize=256)(self._plan)

    def select(self, selected: Iterable[str]) -> "Plan[T]":
        """The plan for a selection; names that other statements fill in are left out."""
        return self.plan(frozenset(name for name in selected if name in self._fields))

    def _plan(self, selected: frozenset[str]) -> "Plan[T]":
        columns = list(self._always)
        for name in sorted(selected):
            columns += [column for column in self._fields[name].columns if column not in columns]
        plain, made, joined = [], [], []
        for name in sorted(selected):
            source = self._fields[name]
            attribute = source.attribute or to_snake_case(name)
            places = tuple(columns.index(column) for column in source.columns)
            if source.make is None:
                plain.append((attribute, places[0]))
            elif len(places) == 1:
                made.append((attribute, source.make, places[0]))
            else:
                joined.append((attribute, source.make, places))
        return Plan(self._cls, tuple(columns), plain, made, joined)


class Plan(Generic[T]):
    """`columns` to select, in this order, and how an instance is made of such a row."""

    __slots__ = ("_cls", "_joined", "_made", "_plain", "columns")

    def __init__(
        self,
        cls: type[T],
        columns: tuple[str, ...],
        plain: Sequence[tuple[str, int]],
        made: Sequence[tuple[str, Callable[[Any], Any], int]],
        joined: Sequence[tuple[str, Callable[..., Any], tuple[int, ...]]],
    ) -> None:
        self._cls = cls
        self.columns = columns
        self._plain = plain
        self._made = made
        self._joined = joined

    def make(self, row: Sequence[Any]) -> T:
        """The instance; `key` is the row's first column, its id as it is in the database."""
        values = {attribute: row[place] for attribute, place in self._plain}
        for attribute, make, place in self._made:
            value = row[place]
            values[attribute] = None if value is None else make(value)
        for attribute, make, places in self._joined:
            values[attribute] = make(*[row[place] for place in places])
        values["key"] = row[0]
        instance = object.__new__(self._cls)
        instance.__dict__ = values
        return instance
