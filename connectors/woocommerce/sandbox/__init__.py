"""A stand-in for a WooCommerce store, so that the connector is tested and shown without one.

    app = create_app()                       # Starlette; run it with omnisales_sdk.testing.sandbox.serve
    python -m omnisales_sdk.testing connectors.woocommerce.sandbox:create_app --port 9001

Its first morning is that of a recorded store (WooCommerce 11.0.1 on WordPress 7.0.4): products, coupons, taxes and
customers in shop.json, orders to place in orders.json, all names and keys made up. `control` says what happens behind
the API's back. Over plain http it takes OAuth 1.0a only, as the real one does; `assume_tls=True` stands for TLS.

PROVEN   each module says what recordings prove of it; a test replays 153 recorded exchanges and prints which are
         covered, with the same status and shape of the answer
ASSUMED  the order of checks where several things are wrong; texts of refusals that were not recorded; shares of a fixed
         coupon that do not divide evenly; the bin's second DELETE (410)
ABSENT   images and the media library, making variations and customers, descriptions of gateways; mails and cron: what
         waits to be delivered leaves when `POST /_sandbox/deliver` says so
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnisales_sdk import HttpClient
from omnisales_sdk.testing.sandbox import FaultMiddleware, Faults, control_routes

from . import api, control
from .deliveries import ping
from .shop import Shop, open_shop
from .wire import EXPOSED, encoded

KEY, SECRET = "ck_sandbox", "cs_sandbox"
READ_KEY, READ_SECRET = "ck_sandbox_read", "cs_sandbox_read"
_KEYS = {KEY: (SECRET, "read_write"), READ_KEY: (READ_SECRET, "read")}
_HTML = "text/html; charset=UTF-8"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    *,
    now: Callable[[], datetime] = _utc_now,
    zone: str = "Europe/Bucharest",
    home: str | None = None,
    keys: Mapping[str, tuple[str, str]] = _KEYS,
    assume_tls: bool = False,
    faults: Faults | None = None,
) -> Starlette:
    """The store. `home` is its own address (that by which it is asked, if not said), `keys` maps a consumer key to its
    secret and permission (read, write, read_write). `app.state.shop` and `app.state.faults` are its inside."""
    shop = open_shop(now=now, zone=zone, home=home, keys=dict(keys))
    switched = faults or Faults()
    http = HttpClient(timeout=60.0)

    async def below_wp_json(request: Request) -> Response:
        if shop.mode != "normal":
            return _broken(shop)
        answer = await api.answer(shop, request)
        for hook in list(shop.hooks.values()):
            if hook.ping_owed and request.url.path.startswith("/wp-json/wc/v3/webhooks") and request.method != "GET":
                await ping(shop, http, hook)
        return answer

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        http.close()

    app = Starlette(
        routes=[
            *control_routes(switched, lambda: control.state(shop)),
            *control.routes(shop, http),
            Route("/wp-json/wp/v2/media", _media, methods=["POST"]),
            Route("/wp-json/{rest:path}", below_wp_json, methods=_METHODS),
            Route("/", _plain_permalinks),
        ],
        middleware=[Middleware(FaultMiddleware, faults=switched)],
        lifespan=lifespan,
    )
    app.state.shop, app.state.faults, app.state.assume_tls = shop, switched, assume_tls
    return app


def _page(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


def _broken(shop: Shop) -> Response:
    """What the whole store says in a bad moment: pages of HTML, as recorded."""
    if shop.mode == "maintenance":
        return Response(_page("maintenance.html"), 503, {"Retry-After": "600"}, media_type=_HTML)
    if shop.mode == "database_down":
        return Response(_page("database_down.html"), 500, media_type=_HTML)
    notice = (
        b"<br />\n<b>Notice</b>:  Undefined index: x in <b>/var/www/html/wp-content/plugins/x.php</b> on line <b>7</b>"
    )
    return Response(notice + b"<br />\n[]", 200, media_type=_HTML)


async def _media(request: Request) -> Response:
    """The media library does not know WooCommerce's keys; without images, that is all there is of it."""
    body = {
        "code": "rest_cannot_create",
        "message": "Sorry, you are not allowed to create posts as this user.",
        "data": {"status": 401},
    }
    return Response(encoded(body, ""), 401, {**EXPOSED, "Allow": "GET"}, media_type="application/json; charset=UTF-8")


async def _plain_permalinks(request: Request) -> Response:
    """`/?rest_route=` : WooCommerce does not look at its keys there, and WordPress takes the key for a user name."""
    body = {
        "code": "invalid_username",
        "message": "<strong>Error:</strong> Unknown username. Check again or try your email address.",
        "data": {"status": 401},
    }
    return Response(encoded(body, ""), 401, EXPOSED, media_type="application/json; charset=UTF-8")
