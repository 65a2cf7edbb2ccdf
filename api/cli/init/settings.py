"""Looks at settings by themselves: nothing is connected to."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from domain.kernel.public_address import public_address_problem
from domain.kernel.settings import Settings

from .finding import Finding, think, well, wrong

SHORTEST_KEY = 32
LEAST_LETTERS = 12
"""Different characters of a secret key: one of random characters of that length has more."""

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def look_at_settings(settings: Settings) -> list[Finding]:
    """Each setting that a house for production needs, or should have."""
    return [secret_key(settings), public_url(settings), proxies(settings), mail(settings), home(settings.home)]


def secret_key(settings: Settings) -> Finding:
    """The key under which credentials are stored: there, and hard to guess."""
    what, key = "OMNISALES_SECRET_KEY", settings.secret_key or ""
    make = "Make one with `omnisales keys new`, and keep a copy in a safe place."
    if not key:
        return wrong(what, f"It is not set. {make}")
    if len(key) < SHORTEST_KEY or len(set(key)) < LEAST_LETTERS:
        return wrong(what, f"It is easy to guess: use at least {SHORTEST_KEY} random characters. {make}")
    return well(what, "Set, and long enough.")


def public_url(settings: Settings) -> Finding:
    """The address under which stores and people reach the API."""
    what, url = "OMNISALES_PUBLIC_URL", settings.public_url
    if url is None:
        return think(what, "It is not set: no webhooks are registered in stores, so orders come by poll only.")
    problem = public_address_problem(url)
    if problem:
        return wrong(what, problem)
    parts = urlsplit(url)
    if parts.hostname in _HERE:
        return think(what, f"{url} is reached from this machine only: set the address that stores can reach.")
    if parts.scheme == "http":
        return think(what, f"{url} is not encrypted: keys and passwords can be read on their way. Use https.")
    return well(what, url)


def proxies(settings: Settings) -> Finding:
    """Whether the clients behind a proxy can be told from one another."""
    what = "OMNISALES_TRUSTED_PROXIES"
    if settings.trusted_proxies:
        return well(what, ", ".join(settings.trusted_proxies))
    if (settings.public_url or "").startswith("https://"):
        return think(what, "It is not set: behind a proxy all clients look like one. Name your proxy's address.")
    return well(what, "Not set: clients are taken for who they connect as.")


def mail(settings: Settings) -> Finding:
    """Whether mails can be sent at all; the server itself is looked at elsewhere."""
    if settings.smtp is None:
        return think("OMNISALES_SMTP_URL", "It is not set: no mails are sent, to customers or to people of the staff.")
    return well("OMNISALES_MAIL_FROM", settings.mail_from or "")


def home(folder: Path) -> Finding:
    """Whether the home, or the folder that it would be made in, can be written."""
    place = folder.absolute()
    there = next(one for one in (place, *place.parents) if one.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return well("OMNISALES_HOME", str(place))
    return think("OMNISALES_HOME", f"{place} cannot be written: `omnisales up` needs it, single processes do not.")
