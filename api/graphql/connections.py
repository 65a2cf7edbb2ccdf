"""Changing an account's settings and credentials: a patch on what is stored, checked as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from domain.flows.accounts import Locked, credentials_of
from domain.flows.change_connection import ChangeConnection
from domain.kernel.refusals import Invalid, Problem
from domain.kernel.secrets import Vault, new_secret
from omnisales_sdk import Manifest
from plugins.host import Host, InvalidAccount, NotLoaded, check_account, field_names, fit

from .accounts import ENSURE_WEBHOOKS, as_problems, given_objects


@dataclass(frozen=True, slots=True)
class Stored:
    """What an account has: its settings under which version of the connector's, and its opened credentials."""

    connector: str
    settings: Mapping[str, Any]
    settings_version: int
    credentials: Mapping[str, Any] = field(repr=False)


def patched(
    host: Host,
    stored: Stored,
    settings: object,
    credentials: object,
    *,
    same_store: bool = False,
    also: list[Problem] | None = None,
) -> ChangeConnection:
    """The account as it is after the patch (RFC 7396: fields that are given replace, null removes, others stay).

    What was stored and means nothing to the connector is dropped, unless a newer version of it stored that: then it is
    kept for its return. Whoever changes an address has to enter the credentials again, lest they be sent to a
    stranger. Raises `Invalid` for a connector that is not loaded, and for every wrong field at once, with `also`.
    """
    wrong = list(also or ())
    try:
        manifest = host.manifest(stored.connector)
    except NotLoaded as fault:
        message = f"The connector {stored.connector} does not run: {fault.reason}."
        raise Invalid([*wrong, Problem(("id",), "NOT_LOADED", message)]) from fault
    given = given_objects(settings, credentials, wrong)
    base, kept = _base(manifest, stored)
    new = {part: merged(base[part], given[part]) for part in base}
    scheme = manifest.webhook
    if scheme is not None and host.supports(stored.connector, ENSURE_WEBHOOKS):
        new["credentials"].setdefault(scheme.secret_field, new_secret())
    try:
        check_account(manifest, new["settings"], new["credentials"])
    except InvalidAccount as fault:
        wrong += as_problems(fault)
    wrong += _to_enter_again(manifest, base, new, given["credentials"])
    if wrong:
        raise Invalid(wrong)
    return ChangeConnection(
        settings={**kept["settings"], **new["settings"]},
        settings_version=max(stored.settings_version, manifest.settings_version),
        credentials={**kept["credentials"], **new["credentials"]},
        secret_field=None if scheme is None else scheme.secret_field,
        moved={
            name: base["settings"][name]
            for name in manifest.identity
            if name in base["settings"] and _differ(manifest, name, base["settings"], new["settings"])
        },
        same_store=same_store,
    )


def merged(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396) on an object; neither argument is changed."""
    result = dict(target)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            under = result.get(name)
            result[name] = merged(under if isinstance(under, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def _base(manifest: Manifest, stored: Stored) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """What the patch is laid upon, and what a newer version of the connector stored beside it."""
    try:
        fitted = fit(manifest, stored.settings, stored.credentials, stored.settings_version)
        parts = {"settings": fitted.settings, "credentials": fitted.credentials}
    except InvalidAccount:
        parts = {"settings": dict(stored.settings), "credentials": dict(stored.credentials)}
    models = {"settings": manifest.settings, "credentials": manifest.credentials}
    base = {part: _known(models[part], values) for part, values in parts.items()}
    whole: dict[str, Mapping[str, Any]] = {"settings": stored.settings, "credentials": stored.credentials}
    newer = stored.settings_version > manifest.settings_version
    kept = {
        part: {name: value for name, value in whole[part].items() if newer and name not in base[part]} for part in base
    }
    return base, kept


def _known(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    if model.model_config.get("extra") == "allow":
        return dict(values)
    names = field_names(model)
    return {name: value for name, value in values.items() if name in names}


def _to_enter_again(
    manifest: Manifest, base: Mapping[str, Any], new: Mapping[str, Any], given: Mapping[str, Any]
) -> Iterator[Problem]:
    shown = manifest.settings.model_json_schema().get("properties", {})
    moved = [
        name
        for name, one in shown.items()
        if one.get("format") == "uri" and _differ(manifest, name, base["settings"], new["settings"])
    ]
    if not moved:
        return
    own = None if manifest.webhook is None else manifest.webhook.secret_field
    titles = {name: one.title or name for name, one in manifest.credentials.model_fields.items()}
    for name in base["credentials"]:
        if name != own and name in new["credentials"] and name not in given:
            message = f"settings.{moved[0]} changes: enter credentials.{name} ({titles.get(name, name)}) again."
            yield Problem(("credentials", name), "ENTER_AGAIN", message)


def _differ(manifest: Manifest, name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    default = manifest.settings.model_fields[name].get_default(call_default_factory=False)
    texts = [str(values.get(name, default)).strip().rstrip("/") for values in (one, other)]
    return texts[0] != texts[1]


def stored_of(locked: Locked, vault: Vault) -> Stored:
    account = locked.account
    return Stored(account.connector, account.settings, account.settings_version, credentials_of(locked, vault))
