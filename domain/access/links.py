"""The links in mails to people, which the house's frontend answers."""

from domain.kernel.settings import Settings

from .models import TokenKind

PAGES = {TokenKind.RESET: "reset-password", TokenKind.INVITATION: "welcome"}


def link_of(settings: Settings, kind: TokenKind, token: str) -> str:
    """Where the person sets a password. The token stands behind the #, which browsers send to nobody: it comes into no
    log of a server and into no Referer."""
    house = settings.desk_url or settings.public_url or f"http://127.0.0.1:{settings.port}"
    return f"{house}/{PAGES[kind]}#token={token}"
