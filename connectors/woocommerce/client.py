"""Requests to a store, and what its answers mean before anybody reads their content."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from omnisales_sdk import NeedsHuman, Response, TryLater

from . import oauth
from .settings import Ctx

API = "/wp-json/wc/v3/"

INVALID_ID = "woocommerce_rest_shop_order_invalid_id"
"""No such order; with 404 on GET, but 400 on writes: the code decides, not the HTTP status."""

_KEYS = ("credentials:refused", "Make a REST API key with read and write permission in WooCommerce, and store it here.")
_ADDRESS = (
    "settings:store_url",
    "Set the store's address exactly as WordPress has it under Settings, General, and switch on pretty permalinks "
    "there (any but Plain): without them WooCommerce does not look at its keys.",
)
_FIREWALL = ("store:blocked", "Ask the store's host or firewall to let our address through to /wp-json/wc/v3/.")
_BY_CODE: Mapping[str, tuple[str, str]] = {
    "woocommerce_rest_authentication_error": _KEYS,
    "woocommerce_rest_authentication_missing_parameter": _KEYS,
    "woocommerce_rest_cannot_view": _KEYS,
    "woocommerce_rest_cannot_create": _KEYS,
    "woocommerce_rest_cannot_edit": _KEYS,
    "woocommerce_rest_cannot_delete": _KEYS,
    "rest_no_route": _ADDRESS,
    "invalid_username": _ADDRESS,
}
_BY_STATUS: Mapping[int, tuple[str, str]] = {401: _KEYS, 403: _FIREWALL, 404: _ADDRESS, 406: _FIREWALL}
_PHP_NOTICE = re.compile(rb"<b>(Notice|Warning|Deprecated|Fatal error)</b>")
_SHOWN = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A JSON answer. `code` is WordPress' error code where the store said no in a way that the caller expected."""

    body: Any
    headers: Mapping[str, str]
    code: str | None = None

    @property
    def record(self) -> Mapping[str, Any]:
        """The one object that was asked for."""
        if not isinstance(self.body, Mapping):
            raise _misshapen("an object", self.body)
        return self.body

    @property
    def records(self) -> list[Mapping[str, Any]]:
        """The list that was asked for."""
        if not isinstance(self.body, list) or not all(isinstance(row, Mapping) for row in self.body):
            raise _misshapen("a list of objects", self.body)
        return self.body


def _misshapen(wanted: str, body: Any) -> NeedsHuman:
    return NeedsHuman(
        "store:misshapen",
        f"The store answered with {type(body).__name__} where WooCommerce answers with {wanted}",
        remedy="Find the plugin or cache that changes answers of /wp-json/wc/v3/, and exempt that address.",
    )


def call(
    ctx: Ctx,
    method: str,
    path: str,
    *,
    params: Iterable[tuple[str, str]] = (),
    json: Any = None,
    expected: frozenset[str] = frozenset(),
) -> Answer:
    """One request. `path` is below wc/v3, or from the root of the store when it begins with a slash.

    Raises `TryLater` when the store is away, in maintenance or broken for the moment, `NeedsHuman` when it refuses;
    refusals whose code is in `expected` are returned.
    """
    url = ctx.settings.store_url + (path if path.startswith("/") else API + path)
    response = _send(ctx, method, url, list(params), json)
    if 300 <= response.status < 400:
        raise _redirected(response)
    body = _parsed(ctx, method, response)
    if response.status < 300:
        return Answer(body=body, headers=response.headers)
    code = str(body.get("code", "")) if isinstance(body, Mapping) else ""
    if code in expected:
        return Answer(body=body, headers=response.headers, code=code)
    message = str(body.get("message", "")) if isinstance(body, Mapping) else ""
    if response.status >= 500 and not _lasting(body):
        raise TryLater(f"{method} {response.url}: HTTP {response.status} {code}")
    cause, remedy = _meaning(response.status, code)
    raise NeedsHuman(cause, f"The store refused {method} {response.url}: {message or code} ({code})", remedy=remedy)


def _send(ctx: Ctx, method: str, url: str, params: oauth.Pairs, json: Any) -> Response:
    key = ctx.credentials.consumer_key.get_secret_value()
    secret = ctx.credentials.consumer_secret.get_secret_value()
    auth = None
    match ctx.settings.signing:
        case "basic":
            auth = (key, secret)
        case "query":
            params = [*params, ("consumer_key", key), ("consumer_secret", secret)]
        case "oauth":
            params = oauth.signed(method, url, params, key=key, secret=secret, now=ctx.now())
    return ctx.http.send(method, url, params=params, json=json, auth=auth, headers={"Accept": "application/json"})


def _redirected(response: Response) -> NeedsHuman:
    # A redirect would turn POST into GET, and its address may repeat the signature: the query is not shown.
    target = response.headers.get("location", "").partition("?")[0]
    return NeedsHuman(_ADDRESS[0], f"The store redirects {response.url} to {target}", remedy=_ADDRESS[1])


def _parsed(ctx: Ctx, method: str, response: Response) -> Any:
    """The JSON of an answer; a foreign body is logged and named for what it most likely is."""
    if response.is_json:
        try:
            return response.json()
        except ValueError:
            pass
    ctx.log.warning("woocommerce.foreign_answer", status=response.status, url=response.url, body=response.text[:_SHOWN])
    where = f"{method} {response.url}"
    if response.status >= 500 or response.status == 408:
        raise TryLater(f"{where}: HTTP {response.status}, no JSON")
    if _PHP_NOTICE.search(response.content):
        raise NeedsHuman(
            "store:php_notices",
            f"{where}: the store prints PHP notices into its answers",
            remedy="Switch off display_errors (WP_DEBUG_DISPLAY) in the store, and mend what the notices say.",
        )
    cause, remedy = _BY_STATUS.get(response.status, _FIREWALL)
    raise NeedsHuman(cause, f"{where}: HTTP {response.status} with a page in the place of JSON", remedy=remedy)


def _lasting(body: Any) -> bool:
    """WooCommerce's own refusals under 5xx (refunds) carry a bare 500 as data; they are final. 501 is final by name."""
    data = body.get("data") if isinstance(body, Mapping) else None
    return data == 500 or (isinstance(data, Mapping) and data.get("status") == 501)


def _meaning(status: int, code: str) -> tuple[str, str]:
    """Cause and remedy of a refusal. A 404 with a code is WooCommerce's own word on an object, not on the address."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status in _BY_STATUS and not (status == 404 and code):
        return _BY_STATUS[status]
    return f"store:{code or status}", "Read the store's own words above; then try again."
