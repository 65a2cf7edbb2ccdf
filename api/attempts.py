"""How often an address may fail to log in: a thousand guesses at a thousand people come from somewhere, too."""

from .buckets import Buckets
from .graphql.idempotency import RequestRefused
from .throttle import retry_after

FAILURES = 50
"""At once; one more is given back every `SECONDS` / `FAILURES`."""
SECONDS = 300.0


class Attempts:
    """Counts in this process. An attempt counts as it begins, and is given back when it succeeds: so many at once are
    no way around.
    """

    def __init__(self, failures: int = FAILURES) -> None:
        self._buckets = Buckets(failures / SECONDS, float(failures))

    def begin(self, address: str) -> None:
        """Raises `RequestRefused` with 429 and Retry-After."""
        wait = self._buckets.take(address)
        if wait:
            raise RequestRefused(
                429,
                "TOO_MANY_LOG_INS",
                "Too many failed log-ins from your address. Wait as long as Retry-After says.",
                headers=retry_after(wait),
            )

    def succeeded(self, address: str) -> None:
        """Gives the attempt back."""
        self._buckets.spend(address, -1.0)
