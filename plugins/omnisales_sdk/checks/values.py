"""Does a value have the type that the contract says? Compiled once per annotation, since every parsed order passes.

Stricter than Python where a slip would cost money or time: an amount is a finite Decimal and never a float, a time is
aware and UTC, a bool is no number, a tuple is no list.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints


class Misfit(NamedTuple):
    """Where a value differs (`lines.0.total`, empty for the value itself), and how."""

    path: str
    message: str

    def below(self, step: str | int) -> "Misfit":
        return Misfit(f"{step}.{self.path}" if self.path else str(step), self.message)

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


Check = Callable[[Any], Misfit | None]


@cache
def check_for(annotation: Any) -> Check:
    """The check for a type of the contract. Raises `TypeError` for a type that no value of the contract has."""
    if annotation is Any:
        return lambda value: None
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return _any_of(get_args(annotation))
    if origin is Literal:
        return _one_of(get_args(annotation))
    if origin in _CONTAINERS:
        return _CONTAINERS[origin](get_args(annotation))
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _fields_of(annotation)
    if annotation in _EXTRA:
        return _simple(annotation, _EXTRA[annotation])
    if isinstance(annotation, type):
        return _simple(annotation, lambda value: None)
    raise TypeError(f"the contract has no values of type {annotation!r}")


def _named(annotation: Any) -> str:
    if annotation is NoneType:
        return "None"
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)


def _wrong(value: Any, wanted: str) -> Misfit:
    return Misfit("", f"is {_named(type(value))}, must be {wanted}")


def _no_bool(value: Any) -> str | None:
    return "is bool, must be a number" if isinstance(value, bool) else None


def _finite(value: Decimal) -> str | None:
    return None if value.is_finite() else f"is {value}, must be a finite amount"


def _utc(value: datetime) -> str | None:
    return None if value.utcoffset() == timedelta(0) else f"is {value.isoformat()}, must be aware and UTC"


def _no_time(value: date) -> str | None:
    return "is datetime, must be a date" if isinstance(value, datetime) else None


_EXTRA: dict[Any, Callable[[Any], str | None]] = {
    int: _no_bool,
    float: _no_bool,
    Decimal: _finite,
    datetime: _utc,
    date: _no_time,
}


def _simple(kind: type, extra: Callable[[Any], str | None]) -> Check:
    accepted = (int, float) if kind is float else kind
    wanted = _named(kind)

    def check(value: Any) -> Misfit | None:
        if not isinstance(value, accepted):
            return _wrong(value, wanted)
        problem = extra(value)
        return None if problem is None else Misfit("", problem)

    return check


def _any_of(options: tuple[Any, ...]) -> Check:
    checks = [(option, check_for(option)) for option in options]
    wanted = " or ".join(_named(option) for option in options)

    def check(value: Any) -> Misfit | None:
        detail = None
        for option, option_check in checks:
            misfit = option_check(value)
            if misfit is None:
                return None
            if isinstance(value, get_origin(option) or option):
                detail = misfit
        return detail or _wrong(value, wanted)

    return check


def _one_of(allowed: tuple[Any, ...]) -> Check:
    def check(value: Any) -> Misfit | None:
        return None if value in allowed else Misfit("", f"is {value!r}, must be one of {', '.join(map(repr, allowed))}")

    return check


def _fields_of(kind: type) -> Check:
    hints = get_type_hints(kind)
    checks = [(field.name, check_for(hints[field.name])) for field in fields(kind)]

    def check(value: Any) -> Misfit | None:
        if not isinstance(value, kind):
            return _wrong(value, kind.__name__)
        for name, field_check in checks:
            misfit = field_check(getattr(value, name))
            if misfit is not None:
                return misfit.below(name)
        return None

    return check


def _items(kind: Any, item: Any) -> Check:
    item_check = check_for(item)

    def check(value: Any) -> Misfit | None:
        if not isinstance(value, kind) or isinstance(value, (str, bytes)):
            return _wrong(value, f"{kind.__name__} of {_named(item)}")
        for place, entry in enumerate(value):
            misfit = item_check(entry)
            if misfit is not None:
                return misfit.below(place)
        return None

    return check


def _tuple(arguments: tuple[Any, ...]) -> Check:
    if arguments[-1] is Ellipsis:
        return _items(tuple, arguments[0])
    checks = [check_for(argument) for argument in arguments]

    def check(value: Any) -> Misfit | None:
        if not isinstance(value, tuple) or len(value) != len(checks):
            return _wrong(value, f"tuple of {len(checks)}")
        for place, (entry, entry_check) in enumerate(zip(value, checks, strict=True)):
            misfit = entry_check(entry)
            if misfit is not None:
                return misfit.below(place)
        return None

    return check


def _mapping(arguments: tuple[Any, ...]) -> Check:
    key_check, value_check = map(check_for, arguments)

    def check(value: Any) -> Misfit | None:
        if not isinstance(value, Mapping):
            return _wrong(value, "a mapping")
        for key, entry in value.items():
            misfit = key_check(key) or value_check(entry)
            if misfit is not None:
                return misfit.below(str(key))
        return None

    return check


def _class(arguments: tuple[Any, ...]) -> Check:
    base = arguments[0]

    def check(value: Any) -> Misfit | None:
        if isinstance(value, type) and issubclass(value, base):
            return None
        return Misfit("", f"is {value!r}, must be a subclass of {base.__name__}")

    return check


def _function(arguments: tuple[Any, ...]) -> Check:
    return lambda value: None if callable(value) else _wrong(value, "a function")


_CONTAINERS: dict[Any, Callable[[tuple[Any, ...]], Check]] = {
    tuple: _tuple,
    Sequence: lambda arguments: _items(Sequence, arguments[0]),
    frozenset: lambda arguments: _items(Set, arguments[0]),
    Mapping: _mapping,
    type: _class,
    Callable: _function,
}
