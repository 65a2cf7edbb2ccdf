"""The circuit breaker of an account: a far side that does not answer is left in peace for a while.

After a few failures in a row nobody calls it until a pause has passed, so that its work waits in the outbox and not on
the workers' threads. Kept in Redis; lost, it starts closed; while Redis is away it stays closed.
"""

from dataclasses import dataclass
from datetime import timedelta

import redis
import structlog

from .signals import NotNow

log = structlog.get_logger(__name__)

FAILURES = 5
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)
_MEMORY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Breaker:
    client: redis.Redis
    account: str

    def check(self) -> None:
        """Raises `NotNow` while nobody is to call."""
        try:
            left = int(self.client.pttl(self._key("open")))
        except redis.RedisError:
            return
        if left > 0:
            raise NotNow(f"{self.account}: not answering lately", after=timedelta(milliseconds=left))

    def failed(self) -> None:
        """The far side did not answer. From the fifth time in a row on, calls pause, each time twice as long."""
        try:
            failures = int(self.client.incr(self._key("failures")))
            self.client.pexpire(self._key("failures"), _MEMORY)
            if failures >= FAILURES:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - FAILURES, 10))
                self.client.set(self._key("open"), b"1", px=pause)
                log.warning("circuit_open", account=self.account, failures=failures, seconds=pause.total_seconds())
        except redis.RedisError as error:
            log.warning("no_breaker", account=self.account, error=type(error).__name__)

    def answered(self) -> None:
        """The far side answered, whatever it said."""
        try:
            self.client.delete(self._key("failures"))
        except redis.RedisError as error:
            log.warning("no_breaker", account=self.account, error=type(error).__name__)

    def _key(self, what: str) -> str:
        return f"omnisales:breaker:{self.account}:{what}"
