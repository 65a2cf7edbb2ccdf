"""A WooCommerce store whose deliveries are caught, so that a test sends them when, in which order and as often as it
likes; and the sender that repeats each until it is acknowledged."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from connectors.woocommerce.sandbox import KEY, SECRET
from connectors.woocommerce.subscriptions import ensure_webhooks
from tests.connectors.woocommerce.support import (
    WEBHOOK_SECRET,
    Receiver,
    Store,
    running_receiver,
    running_store,
    signature,
)

_MARK = "x-wc-webhook-delivery-id"


@dataclass(frozen=True)
class Letter:
    """A delivery as the store sent it: what our webhook door must take."""

    headers: dict[str, str]
    body: bytes

    @property
    def mark(self) -> str:
        return self.headers[_MARK]

    def marked(self) -> "Letter":
        """The same under a delivery id of its own, which our inbox keeps and nobody takes for an identity."""
        return Letter({**self.headers, _MARK: uuid4().hex}, self.body)


@dataclass
class Shop:
    """A running store and what it has sent so far."""

    store: Store
    receiver: Receiver
    http: httpx.Client
    _seconds: int = field(default=0, init=False)

    @property
    def channel(self) -> dict[str, Any]:
        """What a channel of this store is made with; its orders come `on-hold` and are confirmed to `processing`."""
        return {
            "connector": "woocommerce",
            "settings": {"store_url": self.store.url},
            "credentials": {"consumer_key": KEY, "consumer_secret": SECRET, "webhook_secret": WEBHOOK_SECRET},
            "mappings": {
                "paymentMethods": {"cod": "on_delivery", "bacs": "on_account"},
                "statusesIn": {"on-hold": "PROCESSING"},
                "statusesOut": {"SHIPPING": "completed"},
            },
        }

    def place(self, count: int, template: str = "guest-cod", **changes: Any) -> list[int]:
        """Orders at the checkout, on hold; their ids."""
        placement = {"template": template, "count": count, "changes": {"status": "on-hold", **changes}}
        ids: list[int] = self._control("orders", placement)["ids"]
        return ids

    def revise(self, order: int, body: dict[str, Any]) -> None:
        """Staff changes an order, in a later second than all before."""
        self._control(f"orders/{order}", body)

    def later(self) -> None:
        """The store's clock goes on by a second, so that the next change is a later version."""
        self._seconds += 1
        self._control("clock", {"skew_seconds": self._seconds})

    def letters(self) -> list[Letter]:
        """What the store sends now, in its own order."""
        before = len(self.receiver.deliveries)
        self._control("deliver", {"parallel": 8})
        return [Letter(_kept(headers), body) for headers, body in self.receiver.deliveries[before:]]

    def order(self, number: int) -> dict[str, Any]:
        """An order as the store has it, and how often it was written through the API."""
        return self.orders()[number]

    def orders(self) -> dict[int, dict[str, Any]]:
        """All orders, by id."""
        found = self.http.get("/_sandbox/state").json()["orders"]
        return {int(number): order for number, order in found.items()}

    def _control(self, door: str, body: dict[str, Any]) -> Any:
        answer = self.http.post(f"/_sandbox/{door}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _kept(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("x-wc-") or name == "content-type"}


@contextmanager
def running_shop() -> Iterator[Shop]:
    """A store with webhooks for all order topics."""
    with running_store() as store, running_receiver() as receiver, httpx.Client(base_url=store.url, timeout=60) as http:
        ensure_webhooks(store.ctx(webhook_url=receiver.url))
        yield Shop(store, receiver, http)


def signed(body: bytes, topic: str = "order.updated") -> Letter:
    """A letter of our own making, signed with the store's secret."""
    headers = {
        "content-type": "application/json",
        "x-wc-webhook-topic": topic,
        "x-wc-webhook-signature": signature(body),
    }
    return Letter(headers, body)


@dataclass
class Sender:
    """Delivers letters to our webhook door, each again and again until it is acknowledged. `pause` is taken after
    each letter. `refused` counts the tries that were not taken."""

    url: str
    pause: float = 0.0
    acknowledged: int = 0
    refused: int = 0

    async def send(self, letters: Sequence[Letter], *, parallel: int = 8, patience: float = 120) -> None:
        """Sends all, oldest first but for what `parallel` senders overtake."""
        queue = iter(letters)
        async with httpx.AsyncClient(timeout=10) as http:
            await asyncio.gather(*(self._one(http, queue, patience) for _ in range(parallel)))

    async def _one(self, http: httpx.AsyncClient, queue: Iterator[Letter], patience: float) -> None:
        for letter in queue:
            deadline = time.monotonic() + patience
            while not await self._taken(http, letter):
                self.refused += 1
                assert time.monotonic() < deadline, f"not acknowledged within {patience} s: {letter.headers}"
                await asyncio.sleep(0.1)
            self.acknowledged += 1
            await asyncio.sleep(self.pause)

    async def taken(self, letter: Letter) -> bool:
        """One try; whether it was acknowledged."""
        async with httpx.AsyncClient(timeout=10) as http:
            return await self._taken(http, letter)

    async def _taken(self, http: httpx.AsyncClient, letter: Letter) -> bool:
        try:
            answer = await http.post(self.url, content=letter.body, headers=letter.headers)
        except httpx.TransportError:
            return False
        assert answer.status_code in (200, 503), f"{answer.status_code}: {answer.text[:300]}"
        return answer.status_code == 200
