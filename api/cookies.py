"""The cookie by which a browser is known: out of reach of scripts, never sent along from other sites' pages."""

from datetime import datetime

from starlette.requests import HTTPConnection

from domain.kernel.clock import utc_now
from domain.kernel.settings import Settings

_NAME = "omnisales"


def cookie_name(connection: HTTPConnection, settings: Settings) -> str:
    """Over https its name makes browsers refuse one that was set for other hosts or over http."""
    return f"__Host-{_NAME}" if is_https(connection, settings) else _NAME


def cookie_of(connection: HTTPConnection, settings: Settings) -> str | None:
    """The token that the browser sent."""
    return connection.cookies.get(cookie_name(connection, settings)) or None


def kept(connection: HTTPConnection, settings: Settings, token: str, until: datetime | None) -> str:
    """What has a browser keep the token; `until` None: until it is closed."""
    lasts = "" if until is None else f"; Max-Age={max(0, int((until - utc_now()).total_seconds()))}"
    return f"{cookie_name(connection, settings)}={token}{lasts}{_flags(connection, settings)}"


def forgotten(connection: HTTPConnection, settings: Settings) -> str:
    """What has a browser forget it."""
    return f"{cookie_name(connection, settings)}=; Max-Age=0{_flags(connection, settings)}"


def _flags(connection: HTTPConnection, settings: Settings) -> str:
    secure = "; Secure" if is_https(connection, settings) else ""
    return f"; Path=/; HttpOnly; SameSite=Lax{secure}"


def is_https(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether browsers reach us so."""
    if settings.public_url:
        return settings.public_url.startswith("https://")
    return connection.scope.get("scheme") in ("https", "wss")
