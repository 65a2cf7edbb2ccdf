"""WooCommerce with short limits, and without its rate limit."""

from dataclasses import replace
from datetime import timedelta

from connectors.woocommerce import (
    ensure_webhooks,
    fetch_order,
    fetch_orders,
    list_orders,
    manifest,
    parse_order,
    parse_webhook,
    push_status,
    test_connection,
)
from omnisales_sdk import Limits, Manifest, hookimpl

__all__ = [
    "connector",
    "ensure_webhooks",
    "fetch_order",
    "fetch_orders",
    "list_orders",
    "parse_order",
    "parse_webhook",
    "push_status",
    "test_connection",
]


@hookimpl
def connector() -> Manifest:
    limits = Limits(request_timeout=timedelta(seconds=2), hook_timeout=timedelta(seconds=1))
    return replace(manifest.connector(), limits=limits)
