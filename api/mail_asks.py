"""How often an address may ask for a mail to somebody: it needs no log-in, and others would get the mails."""

from .buckets import Buckets
from .graphql.idempotency import RequestRefused
from .throttle import retry_after

ASKS = 10
"""At once; one more is given back every `SECONDS` / `ASKS`."""
SECONDS = 3_600.0


class MailAsks:
    """Counts in this process. That one person is not sent too many is counted where they are sent."""

    def __init__(self, asks: int = ASKS) -> None:
        self._buckets = Buckets(asks / SECONDS, float(asks))

    def take(self, address: str) -> None:
        """Raises `RequestRefused` with 429 and Retry-After."""
        wait = self._buckets.take(address)
        if wait:
            raise RequestRefused(
                429,
                "TOO_MANY_MAILS",
                "Too many mails were asked for from your address. Wait as long as Retry-After says.",
                headers=retry_after(wait),
            )
