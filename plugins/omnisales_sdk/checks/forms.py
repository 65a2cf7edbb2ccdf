"""Is a settings or credentials schema complete enough to draw its form from?"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]


def form_problems(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Path and problem of every property that a form could not show well.

    Wanted: a title and a description of its own, a type, titles for fixed choices, and for secrets `writeOnly` with
    `format: password` and no default. Raises `PydanticUserError` for a model without a schema.
    """
    yield from _model(model, "", frozenset())


def _model(model: type[BaseModel], before: str, above: frozenset[type[BaseModel]]) -> Iterator[tuple[str, str]]:
    schema = model.model_json_schema()
    shared = schema.get("$defs", {})
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        shown = schema["properties"].get(field.alias or name, {})
        # pydantic makes a title of the field's name where there is none, and names are no words for people.
        if not (field.title or "").strip():
            yield path, "has no title: give Field(title=...), a few words for people"
        if not (field.description or "").strip():
            yield path, "has no description: give Field(description=...), a sentence on what it does"
        yield from ((path, problem) for problem in _shape(shown, shared))
        for part in _models(field.annotation):
            if part not in above | {model}:
                yield from _model(part, f"{path}.", above | {model})


def _shape(shown: Schema, shared: Schema) -> Iterator[str]:
    kinds = [one for one in _kinds(shown, shared) if one.get("type") != "null"]
    if not kinds:
        yield "has no type: a form cannot choose an input for it"
    if any("enum" in one for one in kinds) and "oneOf" not in shown:
        yield "has choices without titles: give Field(json_schema_extra=hints(titles={...}))"
    elif "oneOf" in shown:
        told = {one.get("const") for one in shown["oneOf"]}
        if missing := [value for one in kinds for value in one.get("enum", ()) if value not in told]:
            yield f"has choices without titles: {', '.join(map(repr, missing))}"
    for one in (shown, *kinds):
        if (one.get("writeOnly") is True) != (one.get("format") == "password"):
            yield "must be both writeOnly and format password, or neither: use SecretStr"
    if any(one.get("writeOnly") for one in (shown, *kinds)) and shown.get("default") is not None:
        yield "is a secret with a default, which everybody would know"


def _kinds(shown: Schema, shared: Schema) -> Iterator[Schema]:
    """The alternatives that a property may be, each without references."""
    if "$ref" in shown:
        yield from _kinds(shared[shown["$ref"].rpartition("/")[2]], shared)
    elif "anyOf" in shown:
        for one in shown["anyOf"]:
            yield from _kinds(one, shared)
    elif "const" in shown:
        yield {"type": "string", "enum": [shown["const"]]}
    elif "type" in shown:
        yield shown


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
