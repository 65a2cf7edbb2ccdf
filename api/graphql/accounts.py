"""Accounts at far sides: their settings and credentials, checked against the connector's models, and tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.secrets import new_secret
from omnisales_sdk import Kind, Manifest, SyncKind
from plugins.host import Host, InvalidAccount, NotLoaded, check_account

FETCH_ORDERS = "fetch_orders"
ENSURE_WEBHOOKS = "ensure_webhooks"
TRACK = "track"
POLL_EVERY = timedelta(minutes=5)
WEBHOOKS_EVERY = timedelta(days=1)
TRACK_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class AccountData:
    """`settings` is JSON as it is stored; `credentials` go to the vault."""

    manifest: Manifest
    settings: dict[str, Any]
    credentials: dict[str, Any]


def checked_account(host: Host, key: str, kind: Kind, settings: object, credentials: object) -> AccountData:
    """Raises `Invalid`: for a connector that is not loaded or of another kind, and for every wrong field at once.

    What is stored is what was sent: defaults stay with the connector, so that a new version may change them. A webhook
    secret that was left out is made, where the connector itself tells it to the far side.
    """
    try:
        manifest = host.manifest(key)
    except NotLoaded as fault:
        raise invalid(("connector",), "NOT_LOADED", f"The connector {key} does not run: {fault.reason}.") from fault
    if kind not in manifest.kinds:
        raise invalid(("connector",), "WRONG_KIND", f"{manifest.title} is no {kind.value.replace('_', ' ')}.")
    given = {"settings": _object("settings", settings), "credentials": _object("credentials", credentials)}
    scheme = manifest.webhook
    if scheme is not None and host.supports(key, ENSURE_WEBHOOKS):
        given["credentials"].setdefault(scheme.secret_field, new_secret())
    try:
        check_account(manifest, given["settings"], given["credentials"])
    except InvalidAccount as fault:
        raise Invalid([Problem(tuple(one.path.split(".")), one.code, one.message) for one in fault.problems]) from fault
    return AccountData(manifest, given["settings"], given["credentials"])


def channel_schedules(host: Host, manifest: Manifest) -> dict[str, timedelta]:
    """The kinds of run that a channel of this connector wants, by their consumers, and how often."""
    poll = next((one.every for one in manifest.schedules if one.kind is SyncKind.ORDERS), POLL_EVERY)
    wanted = {FETCH_ORDERS: poll, ENSURE_WEBHOOKS: WEBHOOKS_EVERY}
    return {hook: every for hook, every in wanted.items() if host.supports(manifest.key, hook)}


def _object(name: str, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise invalid((name,), "NOT_AN_OBJECT", f"{name} is a JSON object.")
    return dict(value)
