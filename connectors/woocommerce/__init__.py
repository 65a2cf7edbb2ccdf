"""WooCommerce: orders in by webhook and by poll, statuses and tracking numbers out.

    settings     what a store may choose              poll           changed orders, none skipped
    client       requests, and what answers mean      keyset         how pages are walked while orders move
    oauth        signing for stores without TLS       push           status and tracking out
    statuses     WooCommerce's words and ours         webhooks       what a delivery is about
    orders       an order in the contract's words     subscriptions  our webhooks in the store
    values       WooCommerce's loose JSON, read safely

Facts about WooCommerce were seen in recorded traffic of WooCommerce 11.0.1 on WordPress 7.0.4 (and of 8.9.3, where
said), or read in its source and issues; what is assumed beyond them is said where it is used.
"""

from .manifest import connector
from .orders import parse_order
from .poll import fetch_order, fetch_orders
from .push import push_status
from .reconciliation import list_orders
from .subscriptions import ensure_webhooks
from .trial import test_connection
from .webhooks import parse_webhook

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
