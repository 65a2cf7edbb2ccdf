"""The routes below /wp-json/, and how a request becomes a call: authentication, body, handler, answer."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from . import hooks, notes, orders, products, reference, refunds
from .access import Asked, authenticate
from .shop import Shop
from .wire import EXPOSED, HOME, Call, Doc, Handler, Reply, WpError, encoded

_ONE = "GET, POST, PUT, PATCH, DELETE"
_LIST = "GET, POST"
_WRITES = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A path below wc/v3, its handlers by method, and what `Allow` says."""

    path: str
    allow: str
    handlers: Mapping[str, Handler]

    def match(self, path: str) -> tuple[int, ...] | None:
        found = re.fullmatch(self.path.replace("{id}", r"(\d+)"), path)
        return tuple(map(int, found.groups())) if found else None

    @property
    def one(self) -> bool:
        return self.path.endswith("{id}")


def _resource(path: str, allow: str, **handlers: Handler) -> Resource:
    return Resource(path=path, allow=allow, handlers={name.upper(): handler for name, handler in handlers.items()})


def _writable(path: str, get: Handler, change: Handler, **more: Handler) -> Resource:
    return _resource(path, _ONE, get=get, put=change, patch=change, post=change, **more)


RESOURCES: tuple[Resource, ...] = (
    _resource("orders", _LIST, get=orders.list_orders, post=orders.make_order),
    _resource("orders/statuses", "GET", get=orders.list_statuses),
    _resource("orders/batch", "POST, PUT, PATCH", post=orders.batch),
    _writable("orders/{id}", orders.get_order, orders.change_order, delete=orders.delete_order),
    _resource("orders/{id}/notes", _LIST, get=notes.list_notes, post=notes.make_note),
    _resource("orders/{id}/refunds", _LIST, get=refunds.list_refunds, post=refunds.make_refund),
    _resource("orders/{id}/refunds/{id}", "GET, DELETE", get=refunds.get_refund, delete=refunds.delete_refund),
    _resource("refunds", "GET", get=refunds.list_all),
    _resource("webhooks", _LIST, get=hooks.list_hooks, post=hooks.make_hook),
    _writable("webhooks/{id}", hooks.get_hook, hooks.change_hook, delete=hooks.delete_hook),
    _resource("products", _LIST, get=products.list_products, post=products.make_product),
    _resource("products/batch", "POST, PUT, PATCH", post=products.batch_products),
    _writable("products/{id}", products.get_product, products.change_product, delete=products.delete_product),
    _resource("products/{id}/variations", _LIST, get=products.list_variations),
    _resource("products/{id}/variations/batch", "POST, PUT, PATCH", post=products.batch_variations),
    _writable("products/{id}/variations/{id}", products.get_variation, products.change_variation),
    _resource("customers", _LIST, get=reference.list_customers),
    _resource("customers/{id}", _ONE, get=reference.get_customer),
    _resource("taxes", _LIST, get=reference.list_taxes),
    _resource("shipping/zones/{id}/methods", _LIST, get=reference.list_shipping_methods),
    _resource("payment_gateways", "GET", get=reference.list_gateways),
    _resource("reports/orders/totals", "GET", get=orders.totals_by_status),
    _resource("settings/[a-z_]+/[a-z_]+", "GET, POST, PUT, PATCH", get=reference.get_setting),
    _resource("system_status", "GET", get=reference.system_status),
)
_INDEX = _resource("", "GET", get=reference.index)


async def answer(shop: Shop, request: Request) -> Response:
    """One request to /wp-json/. Below wc/v3 a key is looked at before anything else."""
    path = request.url.path
    shop.asked_at = f"{request.url.scheme}://{request.headers.get('host', '')}"
    home = shop.home or shop.asked_at
    shop.requests += 1
    inner = path.partition("/wp-json/")[2]
    resource, ids = (_INDEX, ()) if not inner else _resolved(inner.removeprefix("wc/v3/").rstrip("/"))
    try:
        if inner:
            authenticate(shop, _asked(request, home, one=bool(resource and resource.one)))
        reply = await _handled(shop, request, resource, ids)
        headers = {"Allow": resource.allow, **reply.headers} if resource else reply.headers
        body, status = reply.body, reply.status
    except WpError as error:
        authenticated = error.status != 401
        headers = {"Allow": resource.allow} if resource and authenticated else {}
        body, status = error.body, error.status
    return _written(home, body, status, headers)


def _resolved(path: str) -> tuple[Resource | None, tuple[int, ...]]:
    for resource in RESOURCES:
        ids = resource.match(path)
        if ids is not None:
            return resource, ids
    return None, ()


def _asked(request: Request, home: str, *, one: bool) -> Asked:
    return Asked(
        method="GET" if request.method == "HEAD" else request.method,
        url=home + request.url.path,
        tls=request.scope["scheme"] == "https" or bool(request.app.state.assume_tls),
        params=dict(request.query_params),
        authorization=request.headers.get("authorization", ""),
        one=one,
    )


async def _handled(shop: Shop, request: Request, resource: Resource | None, ids: tuple[int, ...]) -> Reply:
    handler = resource.handlers.get(request.method) if resource else None
    if handler is None:
        raise WpError(404, "rest_no_route", "No route was found matching the URL and request method.")
    call = Call(
        method=request.method,
        path=request.url.path,
        params=dict(request.query_params),
        body=await _body(request) if request.method in _WRITES else {},
        ids=ids,
    )
    return handler(shop, call)


async def _body(request: Request) -> Doc:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        data = {"json_error_code": 4, "json_error_message": "Syntax error"}
        raise WpError(400, "rest_invalid_json", "Invalid JSON body passed.", data=data) from None
    return body if isinstance(body, dict) else {}


def _written(home: str, body: object, status: int, headers: Mapping[str, str]) -> Response:
    told = {name: value.replace(HOME, home) for name, value in headers.items()}
    return Response(encoded(body, home), status, {**EXPOSED, **told}, media_type="application/json; charset=UTF-8")
