"""Accounts at far sides: their settings and credentials, checked against the connector's models, and tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.channels.models import OWN_CHANNELS, SYNCS
from domain.channels.settings import Syncs
from domain.kernel.refusals import Invalid, Problem
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


def checked_account(
    host: Host, key: str, kind: Kind | None, settings: object, credentials: object, also: Sequence[Problem] = ()
) -> AccountData:
    """Raises `Invalid`: for a connector that is not loaded or of another kind, and for every wrong field at once.
    `also` is what is wrong beside the account; it is named with the rest, and alone refuses nothing. Without a `kind`
    any connector will do.

    What is stored is what was sent: defaults stay with the connector, so that a new version may change them. A webhook
    secret that was left out is made, where the connector itself tells it to the far side.
    """
    try:
        manifest = host.manifest(key)
    except NotLoaded as fault:
        message = f"The connector {key} does not run: {fault.reason}."
        raise Invalid([*also, Problem(("connector",), "NOT_LOADED", message)]) from fault
    if kind is not None and kind not in manifest.kinds:
        message = f"{manifest.title} is no {kind.value.replace('_', ' ')}."
        raise Invalid([*also, Problem(("connector",), "WRONG_KIND", message)])
    given = given_objects(settings, credentials, also)
    scheme = manifest.webhook
    if scheme is not None and host.supports(key, ENSURE_WEBHOOKS):
        given["credentials"].setdefault(scheme.secret_field, new_secret())
    try:
        check_account(manifest, given["settings"], given["credentials"])
    except InvalidAccount as fault:
        raise Invalid([*also, *as_problems(fault)]) from fault
    return AccountData(manifest, given["settings"], given["credentials"])


def channel_syncs(host: Host, key: str) -> Syncs:
    """The kinds of synchronisation of a channel's connector, and how often it wants each; none if it does not run."""
    if key in OWN_CHANNELS or key not in {one.key for one in host.connectors()}:
        return Syncs()
    schedules = channel_schedules(host, host.manifest(key))
    return Syncs({kind: schedules[schedule] for kind, schedule in SYNCS.items() if schedule in schedules})


def given_objects(settings: object, credentials: object, also: Sequence[Problem]) -> dict[str, dict[str, Any]]:
    """Both as the caller sent them; what is left out is empty. Raises `Invalid`, with `also`, for what is no object."""
    sent = {"settings": settings, "credentials": credentials}
    wrong = [name for name, value in sent.items() if not (value is None or isinstance(value, Mapping))]
    if wrong:
        raise Invalid([*also, *(Problem((name,), "NOT_AN_OBJECT", f"{name} is a JSON object.") for name in wrong)])
    return {name: dict(value) if isinstance(value, Mapping) else {} for name, value in sent.items()}


def as_problems(fault: InvalidAccount) -> list[Problem]:
    """The host's findings in the words of refusals."""
    return [Problem(tuple(one.path.split(".")), one.code, one.message) for one in fault.problems]


def channel_schedules(host: Host, manifest: Manifest) -> dict[str, timedelta]:
    """The kinds of run that a channel of this connector wants, by their consumers, and how often."""
    poll = next((one.every for one in manifest.schedules if one.kind is SyncKind.ORDERS), POLL_EVERY)
    wanted = {FETCH_ORDERS: poll, ENSURE_WEBHOOKS: WEBHOOKS_EVERY}
    return {hook: every for hook, every in wanted.items() if host.supports(manifest.key, hook)}
