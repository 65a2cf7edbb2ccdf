"""Finds the installed plugins and loads them one by one: what is wrong with one stays with that one (spec PLG-3)."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from importlib.metadata import EntryPoint
from traceback import format_exception
from typing import TypeVar

import pluggy

from omnisales_sdk import ENTRY_POINT_GROUP, hookimpl, hookspecs
from omnisales_sdk.checks import HOOKS, Implementation, hook_problems, implementations, manifest_problems

from .dispatch import operations
from .registry import Host, Loaded, LoadFailure, Wrapping

T = TypeVar("T")

_OURS = "omnisales"


class _Refused(Exception):  # noqa: N818 - a decision of the host, not a fault
    """The plugin was imported, and the host does not take it."""


@dataclass(slots=True)
class _Found:
    """What has been loaded so far."""

    manager: pluggy.PluginManager
    plugins: dict[str, object] = field(default_factory=dict)
    connectors: dict[str, Loaded] = field(default_factory=dict)
    wrappings: list[Wrapping] = field(default_factory=list)
    failures: list[LoadFailure] = field(default_factory=list)


def load_connectors(
    *,
    only: Collection[str] | None = None,
    entry_points: Iterable[EntryPoint] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Host:
    """Loads what is installed under the entry point group `omnisales.connectors`. Never raises for a plugin's sake.

    `only` names the entry points to load; without it the comma list `OMNISALES_CONNECTORS` does, without that all
    are. `OMNISALES_CONNECTORS_DISABLED` is a comma list of those to leave out, whose code is then never imported. A
    wanted name that is not installed is a failure.
    """
    installed = list(metadata.entry_points(group=ENTRY_POINT_GROUP) if entry_points is None else entry_points)
    wanted = _names(environ.get("OMNISALES_CONNECTORS", "")) if only is None else list(only)
    switched_off = _names(environ.get("OMNISALES_CONNECTORS_DISABLED", ""))
    manager = pluggy.PluginManager(hookimpl.project_name)
    manager.add_hookspecs(hookspecs)
    found = _Found(manager)
    disabled = set()
    # Ours first: a third party's connector can then not take the key of a built-in one that is not disabled.
    for entry in sorted(installed, key=lambda one: (_distribution(one)[0] != _OURS, one.name, one.value)):
        if entry.name in switched_off:
            disabled.add(entry.name)
        elif not wanted or entry.name in wanted:
            _load(entry, found)
    missing = sorted(set(wanted) - {entry.name for entry in installed})
    found.failures += [
        LoadFailure(name=name, distribution="", version="", reason="no such connector is installed") for name in missing
    ]
    return Host(
        connectors=found.connectors,
        wrappings=tuple(found.wrappings),
        failures=tuple(found.failures),
        disabled=tuple(sorted(disabled)),
        operations=operations(manager, found.plugins),
    )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else ("", "")


def _load(entry: EntryPoint, found: _Found) -> None:
    reason, traceback = "", ""
    try:
        _register(entry, _within("it cannot be imported", entry.load), found)
        return
    except _Refused as refusal:
        reason = str(refusal)
        if refusal.__cause__ is not None:
            traceback = "".join(format_exception(refusal.__cause__))
    distribution, version = _distribution(entry)
    found.failures.append(
        LoadFailure(name=entry.name, distribution=distribution, version=version, reason=reason, traceback=traceback)
    )


def _within(what: str, act: Callable[[], T]) -> T:
    try:
        return act()
    except (Exception, SystemExit) as error:  # a third party's import or card may raise anything; the rest runs on
        raise _Refused(f"{what}: {type(error).__name__}: {error}") from error


def _register(entry: EntryPoint, plugin: object, found: _Found) -> None:
    _refuse_for(_within("its hooks cannot be read", lambda: hook_problems(plugin)))
    marked = implementations(plugin)
    card = next((one for one in marked if one.hook == "connector"), None)
    loaded = None if card is None else _read(entry, card, marked)
    if found.manager.has_plugin(entry.name):
        raise _Refused("another distribution has a plugin of this name, which was loaded first")
    if loaded is not None and loaded.key in found.connectors:
        first = found.connectors[loaded.key]
        raise _Refused(f"the key {loaded.key!r} is taken by {first.name} of {first.distribution}")
    # pluggy keeps plugins in sets; one that cannot be hashed would break the others' calls later.
    _within("it cannot be registered", lambda: hash(plugin))
    _within("it cannot be registered", lambda: found.manager.register(plugin, name=entry.name))
    if loaded is not None:
        found.connectors[loaded.key] = loaded
        found.plugins[loaded.key] = plugin
    else:
        distribution, version = _distribution(entry)
        found.wrappings.append(
            Wrapping(name=entry.name, distribution=distribution, version=version, hooks=_in_order(marked))
        )


def _read(entry: EntryPoint, card: Implementation, marked: tuple[Implementation, ...]) -> Loaded:
    manifest = _within("connector() failed", card.function)
    _refuse_for(_within("its manifest cannot be read", lambda: manifest_problems(manifest)))
    distribution, version = _distribution(entry)
    return Loaded(
        name=entry.name,
        key=manifest.key,
        title=manifest.title,
        distribution=distribution,
        version=version,
        kinds=manifest.kinds,
        capabilities=_in_order(one for one in marked if not one.wrapper and one.hook != "connector"),
        manifest=manifest,
        settings_schema=manifest.settings.model_json_schema(),
        credentials_schema=manifest.credentials.model_json_schema(),
    )


def _in_order(marked: Iterable[Implementation]) -> tuple[str, ...]:
    named = {one.hook for one in marked}
    return tuple(name for name in HOOKS if name in named)


def _refuse_for(problems: list[str]) -> None:
    if problems:
        raise _Refused("; ".join(problems))
