"""The connector's card."""

from datetime import timedelta

from omnisales_sdk import Kind, Limits, Manifest, Schedule, SyncKind, WebhookScheme, hookimpl

from .settings import Credentials, Settings
from .statuses import VOCABULARY

TOPIC_HEADER = "x-wc-webhook-topic"


@hookimpl
def connector() -> Manifest:
    """WooCommerce's card: signed webhooks, an unsigned ping, and a poll each five minutes behind them."""
    return Manifest(
        key="woocommerce",
        title="WooCommerce",
        kinds=frozenset({Kind.SALES_CHANNEL}),
        settings=Settings,
        credentials=Credentials,
        webhook=WebhookScheme(
            signature_header="x-wc-webhook-signature",
            digest="sha256",
            encoding="base64",
            secret_field="webhook_secret",  # noqa: S106 - the name of a field, no secret
            # Sent while the hook is created, unsigned; until it is answered with exactly 200, it comes again.
            ping=r"webhook_id=[0-9]+",
            keep_headers=(TOPIC_HEADER, "x-wc-webhook-id", "x-wc-webhook-delivery-id"),
        ),
        vocabulary=VOCABULARY,
        schedules=(Schedule(kind=SyncKind.ORDERS, every=timedelta(minutes=5)),),
        # WooCommerce has no limit of its own; cheap hosting does, and answers 429, 403 or nothing.
        limits=Limits(requests_per_second=4.0),
        identity=("store_url",),
        sandbox="connectors.woocommerce.sandbox:create_app",
    )
