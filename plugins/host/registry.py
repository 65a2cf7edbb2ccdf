"""What is loaded, what failed, and the calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from omnisales_sdk import Context, Kind, Manifest

from .dispatch import Operation, run
from .errors import NotLoaded, Unsupported


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A connector that runs. `name` is its entry point, `capabilities` the hooks that it implements, in the order of
    the contract; the schemas are JSON Schema, with secrets marked `writeOnly`.
    """

    name: str
    key: str
    title: str
    distribution: str
    version: str
    kinds: frozenset[Kind]
    capabilities: tuple[str, ...]
    manifest: Manifest
    settings_schema: Mapping[str, Any]
    credentials_schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrapping:
    """A plugin without a connector of its own, that stands around the `hooks` of all connectors."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadFailure:
    """A plugin that does not run, and why. `traceback` is empty where no exception stands behind the reason."""

    name: str
    distribution: str
    version: str
    reason: str
    traceback: str = ""


class Host:
    """The connectors of this process. Made by `load_connectors`; never changes."""

    def __init__(
        self,
        *,
        connectors: Mapping[str, Loaded],
        wrappings: tuple[Wrapping, ...],
        failures: tuple[LoadFailure, ...],
        disabled: tuple[str, ...],
        operations: Mapping[tuple[str, str], Operation],
    ) -> None:
        self._connectors = connectors
        self._wrappings = wrappings
        self._failures = failures
        self._disabled = disabled
        self._operations = operations

    def connectors(self) -> list[Loaded]:
        """All that run, by key."""
        return [self._connectors[key] for key in sorted(self._connectors)]

    def wrappings(self) -> list[Wrapping]:
        return list(self._wrappings)

    def failures(self) -> list[LoadFailure]:
        return list(self._failures)

    def disabled(self) -> list[str]:
        """The entry points that are installed but switched off."""
        return list(self._disabled)

    def get(self, key: str) -> Loaded:
        """The connector of this key. Raises `NotLoaded` with the reason."""
        try:
            return self._connectors[key]
        except KeyError:
            raise NotLoaded(key, self._absence(key)) from None

    def manifest(self, key: str) -> Manifest:
        return self.get(key).manifest

    def supports(self, key: str, hook: str) -> bool:
        """Whether `call` would find this hook; False as well for a connector that is not loaded."""
        return (key, hook) in self._operations

    def call(self, key: str, hook: str, ctx: Context[Any, Any], /, **arguments: Any) -> Any:
        """Calls one hook of one connector, with the wrappers around it.

        Raises the contract's `TryLater`, `NeedsHuman`, `OutcomeUnknown`; `NotLoaded`, `Unsupported`, `ConnectorBug`.
        """
        operation = self._operations.get((key, hook))
        if operation is None:
            self.get(key)
            raise Unsupported(key, hook)
        return run(operation, ctx, arguments)

    def _absence(self, key: str) -> str:
        if key in self._disabled:
            return "it is disabled"
        return next(
            (failure.reason for failure in self._failures if failure.name == key), "no such connector is installed"
        )
