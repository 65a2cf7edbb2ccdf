"""The WooCommerce connector with short limits and no rate budget, so that tests need not wait."""

from dataclasses import replace
from datetime import timedelta

from connectors.woocommerce import (
    ensure_webhooks,
    fetch_order,
    fetch_orders,
    manifest,
    parse_order,
    parse_webhook,
    push_status,
)
from omnisales_sdk import Limits, Manifest, hookimpl

__all__ = [
    "connector",
    "ensure_webhooks",
    "fetch_order",
    "fetch_orders",
    "parse_order",
    "parse_webhook",
    "push_status",
]


@hookimpl
def connector() -> Manifest:
    limits = Limits(request_timeout=timedelta(seconds=2), hook_timeout=timedelta(seconds=0.5))
    return replace(manifest.connector(), limits=limits)
