"""From where a request comes: the client's address, as far as it can be known.

Behind a proxy it is what the proxy says, and only where OMNISALES_TRUSTED_PROXIES names that proxy: anybody can write
an X-Forwarded-For.
"""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.middleware import Middleware
from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from domain.kernel.settings import Settings

UNKNOWN = "unknown"
_OWN_NETWORK = 64
"""An IPv6 client has a whole network of so many bits, and so 2**64 addresses, to itself."""


def behind_proxies(settings: Settings) -> list[Middleware]:
    """Takes the client's address and scheme from the trusted proxies' word."""
    if not settings.trusted_proxies:
        return []
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))]


def client_address(scope: Scope) -> str:
    """The address as it is shown and logged."""
    client = scope.get("client")
    return str(client[0]) if client else UNKNOWN


def counted_address(scope: Scope) -> str:
    """What counts as one client: an IPv4 address, or the network of an IPv6 address."""
    return _network_of(client_address(scope))


@lru_cache(maxsize=4_096)
def _network_of(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return f"{int(known) >> (128 - _OWN_NETWORK):x}::/{_OWN_NETWORK}"
