"""Rows by what they belong to."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from domain.reads.rows import AnyRow

T = TypeVar("T")


def grouped(rows: Iterable[AnyRow], make: Callable[[AnyRow], T]) -> defaultdict[UUID, list[T]]:
    """What is made of the rows, by their first column, in their order; an empty list where there is nothing."""
    groups: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(make(row))
    return groups
