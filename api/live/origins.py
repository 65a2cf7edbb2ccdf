"""Where a browser's page comes from. A page of another origin must not use what the browser's user may."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from domain.kernel.settings import Settings


def may_come(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether this origin is welcome: none at all (a program), our own, or one of OMNISALES_ALLOWED_ORIGINS."""
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    if origin.lower() in settings.allowed_origins:
        return True
    host = _host_of(origin)
    own = {connection.headers.get("host", "").lower(), _host_of(settings.public_url or "")}
    return host != "" and host in own


def _host_of(url: str) -> str:
    """The host, with its port; none of what is no URL."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
