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
    host = urlsplit(origin).netloc.lower()
    own = {connection.headers.get("host", "").lower(), urlsplit(settings.public_url or "").netloc.lower()}
    return host != "" and host in own
