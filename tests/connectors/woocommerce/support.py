"""A running sandbox, a context that talks to it, and a receiver for its webhooks."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.woocommerce.sandbox import KEY, SECRET, create_app
from connectors.woocommerce.sandbox.shop import Shop
from connectors.woocommerce.settings import Credentials, Ctx, Settings
from omnisales_sdk.testing.context import make_context
from omnisales_sdk.testing.sandbox import Faults, serve

WEBHOOK_SECRET = "test-webhook-secret"


@dataclass(frozen=True, kw_only=True)
class Store:
    """A sandbox that runs. `shop` is its inside: look at it while nothing is under way."""

    url: str
    shop: Shop
    faults: Faults

    def ctx(self, *, webhook_url: str | None = None, timeout: float = 5.0, **settings: Any) -> Ctx:
        return context(self.url, webhook_url=webhook_url, timeout=timeout, **settings)

    def control(self, door: str, body: Any = None, method: str = "POST") -> Any:
        answer = httpx.request(method, f"{self.url}/_sandbox/{door}", json={} if body is None else body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, template: str = "guest-cod", count: int = 1, **changes: Any) -> list[int]:
        """Orders placed at the checkout; their ids."""
        wanted = {"template": template, "count": count, "changes": changes}
        ids: list[int] = self.control("orders", wanted)["ids"]
        return ids

    def state(self) -> Any:
        return self.control("state", method="GET")


def context(
    store_url: str, *, webhook_url: str | None = None, key: str = KEY, secret: str = SECRET, **more: Any
) -> Ctx:
    """`more` holds settings, and `timeout`, `transport` or `now` of the context."""
    outer = {name: more.pop(name) for name in ("timeout", "transport", "now") if name in more}
    credentials = Credentials.model_validate(
        {"consumer_key": key, "consumer_secret": secret, "webhook_secret": WEBHOOK_SECRET}
    )
    settings = Settings(store_url=store_url, **more)
    return make_context(settings, credentials, webhook_url=webhook_url, **outer)


@contextmanager
def running_store(**options: Any) -> Iterator[Store]:
    app = create_app(**options)
    with serve(app) as running:
        yield Store(url=running.url, shop=app.state.shop, faults=app.state.faults)


def answering(handler: Callable[[httpx.Request], httpx.Response], **settings: Any) -> Ctx:
    """A context whose store is `handler`, for answers that no sandbox gives."""
    return context("https://shop.example", transport=httpx.MockTransport(handler), **settings)


@dataclass
class Receiver:
    """Where webhooks arrive. `answers` is the status that it gives."""

    url: str = ""
    answers: int = 200
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def deliveries(self) -> list[tuple[dict[str, str], bytes]]:
        return [request for request in self.requests if "x-wc-webhook-topic" in request[0]]

    @property
    def pings(self) -> list[bytes]:
        return [body for headers, body in self.requests if "x-wc-webhook-topic" not in headers]

    @property
    def topics(self) -> list[str]:
        return [headers["x-wc-webhook-topic"] for headers, _ in self.deliveries]


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    async def receive(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        receiver.requests.append((headers, await request.body()))
        return Response(status_code=receiver.answers)

    with serve(Starlette(routes=[Route("/hooks", receive, methods=["POST"])])) as running:
        receiver.url = f"{running.url}/hooks"
        yield receiver


def signature(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return b64encode(hmac(secret.encode(), body, sha256).digest()).decode()
