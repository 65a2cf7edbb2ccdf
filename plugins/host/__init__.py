"""The host: finds connectors, loads them one by one, and calls one of them at a time.

    host = load_connectors()
    ctx = build_context(host.manifest("woocommerce"), account=..., settings=..., credentials=..., ...)
    order = host.call("woocommerce", "parse_order", ctx, item=raw)

A connector that cannot be loaded is listed in `host.failures()` with its reason; the rest runs on.
"""

if __name__ != "plugins.host":
    raise ImportError(
        f"plugins.host was imported as {__name__!r}; import it as `plugins.host`, or it would exist twice"
    )

from .clients import CLIENTS, Clients
from .context import build_context
from .discovery import load_connectors
from .errors import ConnectorBug, HostError, InvalidAccount, NotLoaded, Unsupported
from .masking import scrub
from .registry import Host, Loaded, LoadFailure, Wrapping
from .settings import check_account
from .signature import Verdict, verify, webhook_secrets
from .upgrade import Fitted, field_names, fit

__all__ = [
    "CLIENTS",
    "Clients",
    "ConnectorBug",
    "Fitted",
    "Host",
    "HostError",
    "InvalidAccount",
    "LoadFailure",
    "Loaded",
    "NotLoaded",
    "Unsupported",
    "Verdict",
    "Wrapping",
    "build_context",
    "check_account",
    "field_names",
    "fit",
    "load_connectors",
    "scrub",
    "verify",
    "webhook_secrets",
]
