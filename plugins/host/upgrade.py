"""Stored settings under another version of their connector than the one that runs (spec CHN-3)."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from omnisales_sdk import Manifest, Problem

from .errors import InvalidAccount

NOT_UPGRADED = "NOT_UPGRADED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """Settings and credentials as this version of the connector reads them. `passed_over` is what was stored by a
    newer version and means nothing to this one; its paths begin with `settings` or `credentials`.
    """

    settings: dict[str, Any]
    credentials: dict[str, Any] = field(repr=False)
    passed_over: tuple[str, ...] = ()


def fit(manifest: Manifest, settings: Mapping[str, Any], credentials: Mapping[str, Any], version: int) -> Fitted:
    """What was stored under `version`, for the connector that runs. Nothing is stored by it.

    Raises `InvalidAccount` when the connector cannot upgrade it.
    """
    if version < manifest.settings_version:
        return Fitted(settings=_upgraded(manifest, settings, version), credentials=dict(credentials))
    if version == manifest.settings_version:
        return Fitted(settings=dict(settings), credentials=dict(credentials))
    kept, unknown = {}, []
    for part, model, values in (
        ("settings", manifest.settings, settings),
        ("credentials", manifest.credentials, credentials),
    ):
        known = field_names(model)
        kept[part] = {name: value for name, value in values.items() if name in known}
        unknown += [f"{part}.{name}" for name in values if name not in known]
    return Fitted(settings=kept["settings"], credentials=kept["credentials"], passed_over=tuple(unknown))


def field_names(model: type[BaseModel]) -> set[str]:
    """The names under which a model takes values, aliases too."""
    known = set(model.model_fields)
    for one in model.model_fields.values():
        known.update(name for name in (one.alias, one.validation_alias) if isinstance(name, str))
    return known


def _upgraded(manifest: Manifest, settings: Mapping[str, Any], version: int) -> dict[str, Any]:
    if manifest.upgrade_settings is None:
        return dict(settings)
    try:
        upgraded = manifest.upgrade_settings(version, deepcopy(dict(settings)))
    except Exception as error:  # a third party's code may raise anything; it is this account's trouble alone
        raise _not_upgraded(manifest, version, f"it raised {type(error).__name__}") from error
    if not isinstance(upgraded, dict):
        raise _not_upgraded(manifest, version, f"it answered with {type(upgraded).__name__}")
    return upgraded


def _not_upgraded(manifest: Manifest, version: int, why: str) -> InvalidAccount:
    message = (
        f"The settings were stored under version {version} and could not be brought to version "
        f"{manifest.settings_version} ({why}): enter them again."
    )
    return InvalidAccount(manifest.key, (Problem(path="settings", code=NOT_UPGRADED, message=message),))
