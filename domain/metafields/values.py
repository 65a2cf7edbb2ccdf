"""Values that somebody sends, checked against what is declared. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.kernel.actor import Actor, Permission
from domain.kernel.refusals import Invalid, Path, Problem

from .rules import Field, NotSoError, Value, kept

MAX_VALUES = 100
"""Values of one call, and declared fields of an owner."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A value for the field `key`; None removes it."""

    key: str
    value: object


def checked(
    sent: Sequence[Sent], fields: Mapping[str, Field], actor: Actor, *, path: Path = ("values",)
) -> dict[str, Value | None]:
    """The values as they are kept, None where one is to go. Raises Invalid naming every wrong one."""
    if len(sent) > MAX_VALUES:
        raise Invalid([Problem(path, "TOO_MANY", f"Give at most {MAX_VALUES} values at a time.")])
    problems: list[Problem] = []
    values: dict[str, Value | None] = {}
    for place, one in enumerate(sent):
        here = (*path, str(place))
        field = fields.get(one.key)
        if field is None:
            problems.append(Problem((*here, "key"), "UNKNOWN_METAFIELD", "No such field is declared."))
        elif one.key in values:
            problems.append(Problem((*here, "key"), "TWICE", "Name each field once."))
        elif field.permission is not None and not actor.may(Permission(field.permission)):
            message = f"Setting it needs the permission {field.permission}."
            problems.append(Problem((*here, "key"), "NOT_ALLOWED", message))
        else:
            try:
                values[one.key] = None if one.value is None else kept(field, one.value)
            except NotSoError as error:
                values[one.key] = None
                problems.append(Problem((*here, "value"), "BAD_VALUE", str(error)))
    if problems:
        raise Invalid(problems)
    return values


def usable(found: Mapping[str, Any], fields: Mapping[str, Field], namespace: str) -> dict[str, Value]:
    """What of a connector's own values is declared under its namespace and fits; the rest is left out."""
    values: dict[str, Value] = {}
    for name, value in found.items():
        field = fields.get(f"{namespace}.{name}")
        if field is None or value is None:
            continue
        try:
            values[field.key] = kept(field, value)
        except NotSoError:
            continue
    return values


def merged(before: Mapping[str, Any] | None, values: Mapping[str, Value | None]) -> dict[str, Any] | None:
    """The values with the changes; None when nothing is left."""
    after = {**(before or {}), **values}
    return {key: value for key, value in after.items() if value is not None} or None


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """What differs, by key: from and to, None for nothing."""
    old, new = before or {}, after or {}
    return {
        key: {"from": old.get(key), "to": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key) or type(old.get(key)) is not type(new.get(key))
    }
