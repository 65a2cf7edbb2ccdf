"""What the log keeps of a thing: plain JSON values, only those that differ, and nothing secret. Pure."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import inspect

from domain.kernel.database import Json

MASK = "***"
LONGEST = 2_000
"""Characters of one value; what is longer is cut, and says so."""

UPKEEP = frozenset({"id", "version", "created_at", "updated_at"})
"""Columns that say nothing of what somebody wanted."""

_SECRET = re.compile(
    r"password|passwd|secret|token|credential|authori[sz]ation|api_?key|key_hash|private_?key|recovery|(^|_)t?otp(_|$)",
    re.IGNORECASE,
)


def snapshot(row: object, *, without: Collection[str] = ()) -> Json:
    """The columns of a row as they are now, but for its upkeep and those that are left out. Take it before a change and
    after it; `record` keeps what differs."""
    left_out = UPKEEP | set(without)
    columns = inspect(type(row)).column_attrs
    return {column.key: getattr(row, column.key) for column in columns if column.key not in left_out}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Json, Json]:
    """What differs, as it was and as it is; a mapping inside is compared field by field. Both are fit for JSON."""
    was: Json = {}
    now: Json = {}
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            old, new = differences(old, new)
            if not old and not new:
                continue
        elif old == new:
            continue
        was[name], now[name] = shown(old, name), shown(new, name)
    return was, now


def shown(value: Any, name: str = "") -> Any:
    """A value fit for JSON: a secret one, by its name or because it is sealed, is masked, and a long one is cut."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, bytes | bytearray | memoryview) or _SECRET.search(name):
        return MASK
    plain = _plain(value)
    long = isinstance(plain, str | dict | list) and len(json.dumps(plain, ensure_ascii=False)) > LONGEST
    return f"{json.dumps(plain, ensure_ascii=False)[:LONGEST]}…" if long else plain


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {str(name): shown(one, str(name)) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)
