"""Webhooks in the shape of a recorded order, for a channel made through the API."""

import asyncio
import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import servers

RECORDED = Path(__file__).parent.parent / "tests/data/woocommerce/webhooks/02-order-created.json"
_template: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class BenchChannel:
    slug: str
    secret: str


def recorded_order(number: int) -> bytes:
    """The recorded order 21 under another id."""
    if not _template:
        _template.update(json.loads(json.loads(RECORDED.read_text())["request"]["body_text"]))
    return json.dumps({**_template, "id": number + 1, "number": str(number + 1)}).encode()


async def channel_for_webhooks(port: int, slug: str) -> BenchChannel:
    """A WooCommerce channel whose payment method and products are known, so that nothing waits."""
    await asyncio.to_thread(_prepare, port, slug)
    return BenchChannel(slug, "bench-webhook-secret")


def _prepare(port: int, slug: str) -> None:
    for sku in ("CANA-300", "TRIC-RO"):
        _graphql(
            port,
            "mutation($i: ProductInput!) { productUpsert(input: $i) { __typename } }",
            {"i": {"sku": sku, "name": sku, "price": {"amount": "33.06", "currency": "RON"}, "vatRate": "21"}},
        )
    _graphql(
        port,
        "mutation($i: ChannelCreateInput!) { channelCreate(input: $i) { __typename ... on Refusal { message } } }",
        {
            "i": {
                "slug": slug,
                "title": "Bench",
                "connector": "woocommerce",
                "settings": {"store_url": "https://shop.example"},
                "credentials": {
                    "consumer_key": "ck_" + "0" * 40,
                    "consumer_secret": "cs_" + "0" * 40,
                    "webhook_secret": "bench-webhook-secret",
                },
                "mappings": {"paymentMethods": {"cod": "on_delivery"}},
            }
        },
    )


def _graphql(port: int, query: str, variables: dict[str, object]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query, "variables": variables}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {servers.ADMIN_KEY}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        result = json.load(answer)
    refused = [value for value in (result.get("data") or {}).values() if "message" in value]
    if "errors" in result or (refused and "already" not in refused[0]["message"]):
        raise RuntimeError(f"the benchmark could not set up its channel: {result}")
