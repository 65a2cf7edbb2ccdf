"""Rows of any columns: what reads for an answer hand out. Their columns are named where they are selected."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, Select

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[AnyRow]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
