"""Where a webhook is addressed to, read from its path.

/webhooks/{slug}  /webhooks/{slug}/{secret}  /webhooks/couriers/{slug}  /webhooks/couriers/{slug}/{secret}
"""

from dataclasses import dataclass
from functools import lru_cache

from .accounts import CHANNEL, COURIER

PREFIX = "/webhooks/"


@dataclass(frozen=True, slots=True)
class Route:
    """The pattern under which a request is counted, so that no secret gets into a metric."""

    path: str


@dataclass(frozen=True, slots=True)
class Address:
    """What the path says: of whom, with which secret, if it has one."""

    kind: str
    slug: str
    secret: str | None
    route: Route


_ROUTES = {
    (CHANNEL, False): Route("/webhooks/{slug}"),
    (CHANNEL, True): Route("/webhooks/{slug}/{secret}"),
    (COURIER, False): Route("/webhooks/couriers/{slug}"),
    (COURIER, True): Route("/webhooks/couriers/{slug}/{secret}"),
}


@lru_cache(maxsize=1024)
def address_of(path: str) -> Address | None:
    """The address in a decoded path; None where it is none."""
    if not path.startswith(PREFIX):
        return None
    parts = path.removeprefix(PREFIX).split("/")
    kind = COURIER if parts[0] == "couriers" and len(parts) > 1 else CHANNEL
    if kind == COURIER:
        del parts[0]
    if not all(parts) or len(parts) > 2:
        return None
    secret = parts[1] if len(parts) == 2 else None
    return Address(kind, parts[0], secret, _ROUTES[kind, secret is not None])
