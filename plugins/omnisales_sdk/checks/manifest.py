"""What is wrong with a connector's card."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUserError

from omnisales_sdk._markers import CONTRACT
from omnisales_sdk.manifest import Manifest

from .values import check_for

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def manifest_problems(manifest: object) -> list[str]:
    """Why the host would refuse this card; empty when it takes it. Another major version is named alone: its other
    fields may have changed their meaning.
    """
    if not isinstance(manifest, Manifest):
        return [f"connector() returned {type(manifest).__name__}, not a Manifest"]
    misfit = check_for(Manifest)(manifest)
    if misfit is not None:
        return [f"manifest.{misfit}"]
    if manifest.contract[0] != CONTRACT[0]:
        theirs, ours = (".".join(map(str, version)) for version in (manifest.contract, CONTRACT))
        return [f"built for contract {theirs}, this host has {ours}: install a version of it for {CONTRACT[0]}.x"]
    return [problem for rule in _RULES for problem in rule(manifest)]


def _card(manifest: Manifest) -> Iterator[str]:
    if not _KEY.fullmatch(manifest.key):
        yield f"manifest.key: {manifest.key!r} must be a small letter and up to 39 of a-z 0-9 _ -"
    if not manifest.title.strip():
        yield "manifest.title: is empty"
    if not manifest.kinds:
        yield "manifest.kinds: is empty"
    if manifest.sandbox is not None and not re.fullmatch(r"[\w.]+:\w+", manifest.sandbox):
        yield f"manifest.sandbox: {manifest.sandbox!r} must be 'module:factory'"
    if manifest.settings_version < 1:
        yield "manifest.settings_version: must be 1 or more"
    for name in manifest.identity:
        if name not in manifest.settings.model_fields:
            yield f"manifest.identity: the settings have no field {name!r}"


def _schemas(manifest: Manifest) -> Iterator[str]:
    for part in ("settings", "credentials"):
        model: type[BaseModel] = getattr(manifest, part)
        try:
            schema = model.model_json_schema()
        except PydanticUserError as error:
            yield f"manifest.{part}: has no JSON Schema: {error.message}"
            continue
        if part == "settings":
            for path in _secrets_in(schema):
                yield f"manifest.settings: {path} is a secret; secrets belong to the credentials, which are encrypted"


def _secrets_in(schema: Any, path: str = "") -> Iterator[str]:
    if isinstance(schema, dict):
        if schema.get("writeOnly") is True:
            yield path
        for name, part in schema.items():
            step = "" if name in ("properties", "$defs", "items", "anyOf", "allOf", "oneOf") else name
            yield from _secrets_in(part, ".".join(filter(None, (path, step))))
    elif isinstance(schema, list):
        for part in schema:
            yield from _secrets_in(part, path)


def _webhook(manifest: Manifest) -> Iterator[str]:
    scheme = manifest.webhook
    if scheme is None:
        return
    if scheme.in_path == (scheme.signature_header is not None):
        yield "manifest.webhook: must say either signature_header or in_path, so that senders can be told apart"
    if scheme.secret_field not in manifest.credentials.model_fields:
        yield f"manifest.webhook: the credentials have no field {scheme.secret_field!r}"
    if scheme.ping is not None:
        try:
            re.compile(scheme.ping.encode())
        except re.error as error:
            yield f"manifest.webhook: ping is no regular expression: {error}"


def _times(manifest: Manifest) -> Iterator[str]:
    limits = manifest.limits
    if min(limits.request_timeout, limits.hook_timeout) <= timedelta():
        yield "manifest.limits: a time limit must be longer than nothing"
    if limits.requests_per_second is not None and limits.requests_per_second <= 0:
        yield "manifest.limits: requests_per_second must be more than 0"
    if manifest.settling < timedelta():
        yield "manifest.settling: must not be negative"
    for schedule in manifest.schedules:
        if schedule.every <= timedelta():
            yield f"manifest.schedules: {schedule.kind} must run at an interval longer than nothing"
    for kind, count in Counter(schedule.kind for schedule in manifest.schedules).items():
        if count > 1:
            yield f"manifest.schedules: {kind} is there {count} times"


_RULES: tuple[Callable[[Manifest], Iterator[str]], ...] = (_card, _schemas, _webhook, _times)
