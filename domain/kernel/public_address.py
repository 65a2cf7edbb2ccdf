"""The address under which far sides and people reach this house."""

from urllib.parse import urlsplit

_SUCH = "Set one such as https://oms.example."


def extras_problem(url: str) -> str | None:
    """What the address holds that it may not, or None. It goes into stores and mails, so it may hold no secret; paths
    are added at its end. The words do not repeat it.
    """
    if any(mark in url for mark in "@?#"):
        return f"It may hold no user, password, query or fragment. {_SUCH}"
    return None


def public_address_problem(url: str) -> str | None:
    """Why nobody can be reached there, or None. The words do not repeat it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    return extras_problem(url) or (None if usable else f"It is no address. {_SUCH}")
