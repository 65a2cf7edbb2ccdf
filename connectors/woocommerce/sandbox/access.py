"""Who asks: Basic and keys in the query over TLS, OAuth 1.0a everywhere, with WooCommerce's own answers to the rest.

Proven by recordings: Basic ignored over plain http; unknown key and no key alike; wrong secret told apart; a read key
that writes gets 401; a nonce counts once; a wrong signature. Assumed from WooCommerce's source: 15 minutes for
timestamps, the texts for single objects.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from hmac import compare_digest
from hmac import new as hmac
from urllib.parse import quote, unquote

from .shop import Shop
from .wire import WpError

_WINDOW = 15 * 60
_MANY = 5_000
_DIGESTS = {"HMAC-SHA1": sha1, "HMAC-SHA256": sha256}
_OAUTH = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
_REFUSED = "woocommerce_rest_authentication_error"
_NOBODY: Mapping[tuple[str, bool], tuple[str, str]] = {
    ("GET", False): ("woocommerce_rest_cannot_view", "Sorry, you cannot list resources."),
    ("GET", True): ("woocommerce_rest_cannot_view", "Sorry, you cannot view this resource."),
    ("POST", False): ("woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources."),
    ("DELETE", True): ("woocommerce_rest_cannot_delete", "Sorry, you are not allowed to delete this resource."),
}
_CANNOT_EDIT = ("woocommerce_rest_cannot_edit", "Sorry, you are not allowed to edit this resource.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request, as far as authentication looks at it. `url` has no query; `one` tells an object from a list."""

    method: str
    url: str
    tls: bool
    params: Mapping[str, str]
    authorization: str
    one: bool


def authenticate(shop: Shop, asked: Asked) -> None:
    """Raises `WpError` 401 unless a key of the store may do this."""
    key = _basic(shop, asked) if asked.tls else None
    if key is None and any(name in asked.params for name in _OAUTH):
        key = _oauth(shop, asked)
    if key is None:
        code, message = _NOBODY.get((asked.method, asked.one), _CANNOT_EDIT)
        raise WpError(401, code, message)
    if asked.method != "GET" and "write" not in shop.keys[key][1]:
        raise WpError(401, _REFUSED, "The API key provided does not have write permissions.")


def _basic(shop: Shop, asked: Asked) -> str | None:
    key, secret = asked.params.get("consumer_key", ""), asked.params.get("consumer_secret", "")
    if not key and asked.authorization.startswith("Basic "):
        try:
            key, _, secret = b64decode(asked.authorization[6:]).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            return None
    if key not in shop.keys:
        return None
    if not compare_digest(shop.keys[key][0].encode(), secret.encode()):
        raise WpError(401, _REFUSED, "Consumer secret is invalid.")
    return key


def _oauth(shop: Shop, asked: Asked) -> str:
    missing = [name for name in _OAUTH if not asked.params.get(name)]
    if missing:
        raise WpError(
            401, "woocommerce_rest_authentication_missing_parameter", f"Missing OAuth parameters {', '.join(missing)}"
        )
    key = asked.params["oauth_consumer_key"]
    if key not in shop.keys:
        raise WpError(401, _REFUSED, "Consumer key is invalid.")
    if asked.params["oauth_signature_method"] not in _DIGESTS:
        raise WpError(401, _REFUSED, "Invalid signature - signature method is invalid.")
    if not compare_digest(_signature(asked, shop.keys[key][0]), asked.params["oauth_signature"].replace(" ", "+")):
        raise WpError(401, _REFUSED, "Invalid signature - provided signature does not match.")
    _check_nonce(shop, key, asked.params["oauth_nonce"], asked.params["oauth_timestamp"])
    return key


def _signature(asked: Asked, secret: str) -> str:
    """WooCommerce's way: parameters sorted, each encoded twice, joined by the encoded signs."""
    digest = _DIGESTS[asked.params["oauth_signature_method"]]
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in asked.params.items() if name != _OAUTH[3])
    query = "%26".join(f"{quote(name, safe='~')}%3D{quote(value, safe='~')}" for name, value in pairs)
    base = f"{asked.method}&{_escaped(asked.url)}&{query}"
    code = hmac(f"{secret}&".encode(), base.encode(), digest).digest()
    return b64encode(code).decode()


def _escaped(text: str) -> str:
    return quote(unquote(text), safe="~")


def _check_nonce(shop: Shop, key: str, nonce: str, timestamp: str) -> None:
    now = int(shop.now().timestamp())
    if not timestamp.isdigit() or abs(now - int(timestamp)) > _WINDOW:
        raise WpError(401, _REFUSED, "Invalid timestamp.")
    if len(shop.nonces) > _MANY:
        shop.nonces = {known: at for known, at in shop.nonces.items() if now - at <= _WINDOW}
    if (key, nonce) in shop.nonces:
        raise WpError(401, _REFUSED, "Invalid nonce - nonce has already been used.")
    shop.nonces[key, nonce] = int(timestamp)
