"""What a caller proves himself with: a header, or the cookie that his browser sends by itself.

Because a browser sends a cookie whoever wrote the page, what changes something needs two things more: a page of an
origin that is welcome, and a token that only such a page can have read.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from domain.kernel.secrets import digest
from domain.kernel.settings import Settings

from .cookies import cookie_of, is_https
from .graphql.idempotency import RequestRefused
from .live.origins import may_come

CSRF_HEADER = "x-csrf-token"
_LONGEST = 200
_SAFE = frozenset({"GET"})
"""The only other method that our doors have is POST."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A key or a session's token; `name` is its hash, by which it is known inside."""

    token: str = field(repr=False)
    by_cookie: bool
    name: str

    @property
    def csrf_token(self) -> str:
        """What a page has to repeat: made of the token, of which it tells nothing."""
        made = hmac.digest(self.token.encode(), b"omnisales csrf v1", hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def proof_of(connection: HTTPConnection, settings: Settings, authorization: str | None = None) -> Proof | None:
    """What was sent, if it can be a proof. A header Authorization (or what a WebSocket sent in its place) wins over a
    cookie, also one that is none.
    """
    given = authorization if authorization is not None else connection.headers.get("authorization")
    if given is None:
        cookie = cookie_of(connection, settings)
        return None if cookie is None else _proof(cookie, by_cookie=True)
    scheme, _, token = given.partition(" ")
    return _proof(token.strip(), by_cookie=False) if scheme.lower() == "bearer" else None


def check_page(connection: HTTPConnection, settings: Settings, proof: Proof, csrf: str | None = None) -> None:
    """Whether a page may use the cookie so. `csrf` is what came in the place of the header.

    Raises `RequestRefused` with 403.
    """
    if not proof.by_cookie:
        return
    unsafe = connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE
    if unsafe and connection.headers.get("origin") is None:
        raise RequestRefused(
            403,
            "ORIGIN_NEEDED",
            "A request with a cookie comes from a page, whose browser says its origin. Programs send a header: "
            "Authorization: Bearer, then the token.",
        )
    if not may_use_cookie(connection, settings):
        raise RequestRefused(403, "ORIGIN_NOT_ALLOWED", "Pages of this origin may not ask here.")
    told = csrf if csrf is not None else connection.headers.get(CSRF_HEADER, "")
    if unsafe and not hmac.compare_digest(told.encode(), proof.csrf_token.encode()):
        raise RequestRefused(
            403,
            "CSRF_TOKEN_NEEDED",
            "Send the header X-CSRF-Token with the csrfToken of your session: logIn answers it, and so does "
            "GET /graphql?query={me{csrfToken}}.",
        )


def may_use_cookie(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a page of this origin may have a cookie, and use it. Our own host over http, where we are reached by
    https, may not: anybody on the way can have written that page.
    """
    origin = connection.headers.get("origin", "").lower()
    twin = is_https(connection, settings) and origin.startswith("http://") and origin not in settings.allowed_origins
    return not twin and may_come(connection, settings)


def _proof(token: str, *, by_cookie: bool) -> Proof | None:
    if not 0 < len(token) <= _LONGEST or not token.isascii():
        return None
    return Proof(token, by_cookie, digest(token))
