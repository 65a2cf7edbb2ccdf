"""OAuth 1.0a, one-legged, as WooCommerce wants it from stores without TLS: all in the query, signed by HMAC-SHA256.

The signing key is the consumer secret and "&" (there is no token). Every parameter of the query is signed; the body
is not. A nonce is taken once, so a request that is sent again must be signed anew.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from hmac import new as hmac
from urllib.parse import quote

Pairs = list[tuple[str, str]]


def signed(method: str, url: str, params: Iterable[tuple[str, str]], *, key: str, secret: str, now: datetime) -> Pairs:
    """The parameters of a request (`url` without query) with OAuth's own and the signature added.

    The store refuses a timestamp that is more than 15 minutes off its clock.
    """
    pairs = [
        *params,
        ("oauth_consumer_key", key),
        ("oauth_nonce", secrets.token_hex(16)),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", str(int(now.timestamp()))),
    ]
    return [*pairs, ("oauth_signature", signature(method, url, pairs, secret=secret))]


def signature(method: str, url: str, pairs: Iterable[tuple[str, str]], *, secret: str) -> str:
    """The signature of RFC 5849 section 3.4.2, with SHA-256 in the place of SHA-1."""
    normalised = "&".join(f"{name}={value}" for name, value in sorted((_escape(n), _escape(v)) for n, v in pairs))
    base = "&".join((method.upper(), _escape(url), _escape(normalised)))
    return b64encode(hmac(f"{secret}&".encode(), base.encode(), sha256).digest()).decode()


def _escape(text: str) -> str:
    return quote(text, safe="-._~")
