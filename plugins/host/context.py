"""Builds what a hook is handed, for one account."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from omnisales_sdk import Context, Manifest, State
from omnisales_sdk.http import Budget

from .clients import CLIENTS, Clients
from .log import MaskedLog
from .masking import secret_values
from .settings import check_account
from .upgrade import fit


def build_context(
    manifest: Manifest,
    *,
    account: str,
    settings: Mapping[str, Any],
    credentials: Mapping[str, Any],
    state: State,
    lock: Callable[[str], AbstractContextManager[None]],
    now: Callable[[], datetime],
    webhook_url: str | None = None,
    mappings: Mapping[str, Mapping[str, str]] | None = None,
    budget: Budget | None = None,
    correlation_id: str | None = None,
    clients: Clients = CLIENTS,
    settings_version: int | None = None,
) -> Context[Any, Any]:
    """A context with validated settings and credentials, the account's HTTP client and a masked log.

    `state` and `lock` are the caller's storage behind the contract's promises. `budget` decides when a request may
    leave: equal ones (`==`) share the account's connections. `settings_version` is the one that the settings were
    stored under (None: the connector's own). Raises `InvalidAccount`.
    """
    version = manifest.settings_version if settings_version is None else settings_version
    fitted = fit(manifest, settings, credentials, version)
    checked_settings, checked_credentials = check_account(manifest, fitted.settings, fitted.credentials)
    return Context(
        connector=manifest.key,
        account=account,
        settings=checked_settings,
        credentials=checked_credentials,
        http=clients.get(manifest, account, budget),
        log=MaskedLog(
            secret_values(checked_credentials), connector=manifest.key, account=account, correlation_id=correlation_id
        ),
        now=now,
        state=state,
        lock=lock,
        webhook_url=webhook_url,
        mappings=mappings or {},
    )
