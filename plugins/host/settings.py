"""Checks an account's stored settings and credentials against the connector's models."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from omnisales_sdk import Manifest, Problem

from .errors import InvalidAccount
from .problems import UNKNOWN_FIELD, UNKNOWN_SENTENCE, problems_of
from .upgrade import field_names


def check_account(
    manifest: Manifest, settings: Mapping[str, Any], credentials: Mapping[str, Any]
) -> tuple[BaseModel, BaseModel]:
    """Both as instances of the manifest's models. Raises `InvalidAccount` with every problem, all at once.

    A field that the model does not have is a problem too (`UNKNOWN_FIELD`), lest a misspelt setting be dropped in
    silence; a model that says what it does with others (pydantic's `extra`) is asked instead.
    """
    problems: list[Problem] = []
    checked: dict[str, BaseModel] = {}
    parts: dict[str, tuple[type[BaseModel], Mapping[str, Any]]] = {
        "settings": (manifest.settings, settings),
        "credentials": (manifest.credentials, credentials),
    }
    for part, (model, values) in parts.items():
        problems += [
            Problem(path=f"{part}.{name}", code=UNKNOWN_FIELD, message=UNKNOWN_SENTENCE.format(path=f"{part}.{name}"))
            for name in _unknown(model, values)
        ]
        try:
            checked[part] = model.model_validate(dict(values))
        except ValidationError as error:
            problems += problems_of(part, error)
    if problems:
        raise InvalidAccount(manifest.key, tuple(problems))
    return checked["settings"], checked["credentials"]


def _unknown(model: type[BaseModel], values: Mapping[str, Any]) -> Iterator[str]:
    if "extra" in model.model_config:
        return
    known = field_names(model)
    yield from (name for name in values if name not in known)
