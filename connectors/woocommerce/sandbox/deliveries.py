"""Webhooks on their way: real HTTP to the hook's address, signed, once, never again.

Proven: the body is built now, not when the event happened; an order that is gone meanwhile is replaced by the API's
error object, signed as usual; the delivery id is a hash of hook and second; a ping is a form, unsigned, and owed until
it is answered with exactly 200; seven failures in a row disable a hook.
"""

import random
from asyncio import Semaphore, gather
from base64 import b64encode
from dataclasses import dataclass
from hashlib import md5, sha256
from hmac import new as hmac

from starlette.concurrency import run_in_threadpool

from omnisales_sdk import ConnectorSignal, HttpClient

from .products import rendered as rendered_product
from .render import VERSION
from .render import order as rendered_order
from .shop import Hook, Shop
from .wire import Doc, encoded, invalid_order_id

_USER_AGENT = f"WooCommerce/{VERSION} Hookshot (WordPress/7.0.4)"
_BORNE = 5
"""WooCommerce looks at the count before it adds to it: the seventh failure disables."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One delivery as it leaves."""

    hook: Hook
    body: bytes
    headers: dict[str, str]


@dataclass(kw_only=True, slots=True)
class Outcome:
    delivered: int = 0
    failed: int = 0


def letter(shop: Shop, hook: Hook, number: int) -> Letter:
    """What a hook sends about an object, as it is now."""
    home = shop.home or shop.asked_at
    resource, _, event = hook.topic.partition(".")
    body = encoded(_payload(shop, resource, event, number), home)
    signature = b64encode(hmac(hook.secret.encode(), body, sha256).digest()).decode()
    second = int(shop.gmt().timestamp())
    headers = {
        "User-Agent": _USER_AGENT,
        "Content-Type": "application/json",
        "X-WC-Webhook-Source": f"{home}/",
        "X-WC-Webhook-Topic": hook.topic,
        "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event,
        "X-WC-Webhook-Signature": signature,
        "X-WC-Webhook-ID": str(hook.id),
        "X-WC-Webhook-Delivery-ID": md5(f"{hook.id}{second}".encode(), usedforsecurity=False).hexdigest(),
    }
    return Letter(hook=hook, body=body, headers=headers)


def _payload(shop: Shop, resource: str, event: str, number: int) -> Doc:
    if event == "deleted":
        return {"id": number}
    if resource == "product":
        product = shop.products.get(number)
        gone = {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}
        return rendered_product(shop, product) if product else gone
    order = shop.orders.get(number)
    return rendered_order(shop, order) if order else invalid_order_id(writing=False).body


async def deliver(
    shop: Shop, http: HttpClient, *, copies: int, shuffled: bool, seed: int, parallel: int, limit: int | None
) -> Outcome:
    """Sends what waits, oldest first, `copies` times each (the network's doubling, not the store's)."""
    waiting = list(shop.pending)[:limit]
    for job in waiting:
        del shop.pending[job]
    queue = [job for job in waiting for _ in range(copies)]
    if shuffled:
        random.Random(seed).shuffle(queue)
    outcome, gate = Outcome(), Semaphore(parallel)

    async def one(hook_id: int, number: int) -> None:
        async with gate:
            hook = shop.hooks.get(hook_id)
            if hook is None or hook.status != "active":
                return
            if hook.ping_owed:
                await ping(shop, http, hook)
            ok = await run_in_threadpool(_sent, http, letter(shop, hook, number))
            shop.sent += 1
            _note(shop, hook, ok=ok)
            outcome.delivered += ok
            outcome.failed += not ok

    await gather(*(one(*job) for job in queue))
    return outcome


async def ping(shop: Shop, http: HttpClient, hook: Hook) -> None:
    """A form with the hook's id, no signature and no X-WC header."""

    def send() -> bool:
        try:
            answer = http.send("POST", hook.url, data={"webhook_id": str(hook.id)}, headers={"User-Agent": _USER_AGENT})
        except ConnectorSignal:
            return False
        return answer.status == 200

    hook.ping_owed = not await run_in_threadpool(send)


def _sent(http: HttpClient, sent: Letter) -> bool:
    """Success is 200 to 302. The client's own signals (no answer, 429, 502 to 504) are failures here."""
    try:
        return 200 <= http.send("POST", sent.hook.url, content=sent.body, headers=sent.headers).status <= 302
    except ConnectorSignal:
        return False


def _note(shop: Shop, hook: Hook, *, ok: bool) -> None:
    hook.modified = shop.gmt()
    if ok:
        hook.failures = 0
    elif hook.failures > _BORNE:
        hook.status = "disabled"
    else:
        hook.failures += 1
