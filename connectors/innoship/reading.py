"""Reads fields of answers whose types nobody guarantees: what is not of the kind expected is absent."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Row = Mapping[str, Any]

_MOST_DIGITS = 18


def text(row: Row, name: str) -> str | None:
    """A text that is not empty; numbers count as their digits (AWBs come as both)."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def whole(row: Row, name: str) -> int | None:
    """A whole number, also as digits in a text."""
    digits = text(row, name) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def amount(row: Row, name: str) -> Decimal | None:
    """A finite amount, exact to the digits that were sent."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def objects(row: Row, name: str) -> list[dict[str, Any]]:
    """The objects in a list."""
    return only_objects(row.get(name))


def only_objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
