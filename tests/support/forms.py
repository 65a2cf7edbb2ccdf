"""A form drawn from a JSON Schema alone, as a frontend does that knows nothing of the connector."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_BY_FORMAT = {
    "uri": "https://far-side.example",
    "email": "someone@far-side.example",
    "date-time": "2026-05-01T12:00:00Z",
    "password": "a-long-random-secret",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One input of the form. `kind`: text, password, number, switch, choice, list, table, group."""

    name: str
    label: str
    help: str
    group: str
    kind: str
    required: bool
    choices: tuple[tuple[Any, str], ...]
    value: Any


def draw(schema: Schema) -> list[Input]:
    """The inputs in their order, each filled with something that a person could enter. Raises `KeyError` where the
    schema does not say enough.
    """
    shared = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    return [_input(name, shown, shared, name in required) for name, shown in schema.get("properties", {}).items()]


def filled(schema: Schema, *, whole: bool) -> dict[str, Any]:
    """What the form sends: every input, or those alone that must be filled in."""
    return {one.name: one.value for one in draw(schema) if whole or one.required}


def _input(name: str, shown: Schema, shared: Schema, required: bool) -> Input:
    kind = _kind(shown, shared)
    choices = tuple((one["const"], one["title"]) for one in shown.get("oneOf", ()))
    return Input(
        name=name,
        label=shown["title"],
        help=shown["description"],
        group=shown.get("x-group", ""),
        kind=_widget(kind, choices),
        required=required,
        choices=choices,
        value=_value(shown, kind, shared),
    )


def _kind(shown: Schema, shared: Schema) -> Schema:
    if "$ref" in shown:
        return _kind(shared[shown["$ref"].rpartition("/")[2]], shared)
    if "anyOf" in shown:
        return next(_kind(one, shared) for one in shown["anyOf"] if one.get("type") != "null")
    return shown


def _widget(kind: Schema, choices: tuple[tuple[Any, str], ...]) -> str:
    if choices:
        return "choice"
    if kind.get("format") == "password":
        return "password"
    widgets = {"string": "text", "integer": "number", "number": "number", "boolean": "switch", "array": "list"}
    if kind["type"] == "object":
        return "group" if "properties" in kind else "table"
    return widgets[kind["type"]]


def _value(shown: Schema, kind: Schema, shared: Schema) -> Any:
    if shown.get("default") is not None:
        return shown["default"]
    if shown.get("examples"):
        return shown["examples"][0]
    if "oneOf" in shown:
        return shown["oneOf"][0]["const"]
    match kind["type"]:
        case "string":
            return _BY_FORMAT.get(kind.get("format", ""), "text").ljust(kind.get("minLength", 0), "x")
        case "integer" | "number":
            return kind.get("minimum", kind.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case "array":
            return [_value(kind["items"], _kind(kind["items"], shared), shared)] * kind.get("minItems", 0)
        case _:
            return filled({**kind, "$defs": shared}, whole=False) if "properties" in kind else {}
