"""The addresses of the servers that we need. What is wrong with one is told without it, since it holds a password."""

from urllib.parse import unquote, urlsplit

_ESCAPES = "Characters of a password that mean something in an address are written like %2F for a slash."
SERVERS = {
    "DATABASE_URL": (
        ("postgresql", "postgresql+asyncpg"),
        f"write it like postgresql://user:password@host/database. {_ESCAPES}",
    ),
    "REDIS_URL": (("redis", "rediss", "unix"), f"write it like redis://:password@host:6379/0. {_ESCAPES}"),
}
"""The schemes of each, and how it is written."""


def address_problem(variable: str, url: str) -> str | None:
    """What to do about a value that is no address. Libraries would repeat it, or parts of it, in their errors."""
    schemes, remedy = SERVERS[variable]
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and parts.port != 0 and "@" not in parts.path + parts.fragment
    except ValueError:
        usable = False
    return None if usable else f"It is no address: {remedy}"


def passwords(url: str) -> set[str]:
    """The password of an address, as it is written and as it is meant; those of no address cannot be told apart."""
    try:
        written = urlsplit(url).password
    except ValueError:
        return set()
    return {written, unquote(written)} if written else set()
