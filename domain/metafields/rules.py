"""What a value of each type may be, and how it is kept. Pure.

Values are kept as JSON in one spelling each, so that two that mean the same are equal: decimals as text without
needless zeros, times in UTC.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from domain.kernel.money import plain
from domain.kernel.texts import TEXT_LIMIT, text_problem

from .models import FieldKind

Value = str | int | bool
MAX_KEY = 80
_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_LARGEST = 2**53
"""The largest integer that every reader of JSON holds."""
_DIGITS = 18
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a field when a value is checked."""

    key: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    filterable: bool = False
    permission: str | None = None


class NotSoError(ValueError):
    """The value is of no use for this field; the words say what is."""


def key_problem(key: str) -> str | None:
    """Why this is no key, or None."""
    if len(key) <= MAX_KEY and _KEY.fullmatch(key):
        return None
    return f"Give namespace.name, such as gift.message: lower-case letters, digits and _, {MAX_KEY} at most."


def kept(field: Field, value: object) -> Value:
    """The value as it is kept. Raises NotSoError."""
    return _KINDS[field.kind](value, field.choices)


def _text(value: object, _choices: Collection[str]) -> Value:
    if not isinstance(value, str) or not value.strip():
        raise NotSoError("Give a text; null removes the value.")
    if problem := text_problem(value, TEXT_LIMIT):
        raise NotSoError(problem)
    return value


def _integer(value: object, _choices: Collection[str]) -> Value:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise NotSoError(f"Give a whole number from -{_LARGEST} to {_LARGEST}.")
    return value


def _decimal(value: object, _choices: Collection[str]) -> Value:
    message = f'Give a number such as "12.50", with at most {_DIGITS} digits and {_PLACES} decimals.'
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or len(str(value)) > 2 * _DIGITS:
        raise NotSoError(message)
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise NotSoError(message) from error
    if not number.is_finite() or number.adjusted() >= _DIGITS or number != round(number, _PLACES):
        raise NotSoError(message)
    return plain(abs(number) if number == 0 else number)


def _boolean(value: object, _choices: Collection[str]) -> Value:
    if not isinstance(value, bool):
        raise NotSoError("Give true or false.")
    return value


def _date(value: object, _choices: Collection[str]) -> Value:
    message = "Give a day such as 2026-05-15."
    try:
        if not isinstance(value, str) or len(value) != len("2026-05-15"):
            raise NotSoError(message)
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise NotSoError(message) from error


def _datetime(value: object, _choices: Collection[str]) -> Value:
    message = "Give a time with its zone, such as 2026-05-15T12:30:00Z."
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None or moment.tzinfo is None:
            raise NotSoError(message)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as error:
        raise NotSoError(message) from error


def _choice(value: object, choices: Collection[str]) -> Value:
    if not isinstance(value, str) or value not in choices:
        raise NotSoError(f"Give one of {', '.join(choices)}.")
    return value


_KINDS: Mapping[FieldKind, Callable[[object, Collection[str]], Value]] = {
    FieldKind.TEXT: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.DATE: _date,
    FieldKind.DATETIME: _datetime,
    FieldKind.CHOICE: _choice,
}
