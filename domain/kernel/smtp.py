"""The mail server, as a setting names it."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from .refusals import Invalid, invalid

VARIABLE = "OMNISALES_SMTP_URL"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Plain, encrypted after the greeting (demanded, not hoped for), encrypted from the start."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`security` is a key of `PORTS`. Without a `user` nobody logs in."""

    security: str
    host: str
    port: int
    user: str | None = None
    password: str = ""

    def __repr__(self) -> str:
        return f"SmtpServer({self.security}://{self.host}:{self.port})"


def smtp_server(url: str) -> SmtpServer:
    """The server of a URL such as smtps://user:password@host. Raises `Invalid`, which repeats nothing of the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad() from None  # its own words may be a part of the password
    if parts.scheme not in PORTS or not parts.hostname or _more(parts):
        raise _bad()
    return SmtpServer(
        security=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )


def _more(parts: SplitResult) -> bool:
    return parts.path not in ("", "/") or bool(parts.query or parts.fragment)


def _bad() -> Invalid:
    forms = ", ".join(f"{scheme}://" for scheme in PORTS)
    return invalid((VARIABLE,), "BAD_VALUE", f"{VARIABLE} is no address of a mail server: set {forms} and host:port.")
