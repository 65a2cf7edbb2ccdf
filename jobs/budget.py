"""The rate budget of an account, over all workers: how many requests a second its far side gets from us.

Kept in Redis as the time at which the account is free again (GCRA: the generic cell rate algorithm, ITU-T I.371). Lost
with Redis it starts afresh; while Redis is away nobody is held back.
"""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta

import redis
import structlog

from .signals import NotNow

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds that a request waits on its thread for its turn; beyond, its work is put back."""

_TAKE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local step, burst, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = free - burst * step - now
if wait > patience then return wait end
redis.call('SET', KEYS[1], math.floor(free + step), 'PX', math.floor(free + step - now) + 1000)
return math.max(wait, 0)
"""


@dataclass(frozen=True, slots=True)
class RateBudget:
    """`take()` before each request. Up to a second's worth of requests may leave at once."""

    client: redis.Redis = field(repr=False)
    account: str
    per_second: float

    def take(self) -> None:
        """Waits for this request's turn. Raises `NotNow` with a waiting time when that is long.

        Those who were sent away come back at different times, since they would be sent away together again.
        """
        step = 1000 / self.per_second
        burst = max(0, int(self.per_second) - 1)
        try:
            script = self.client.register_script(_TAKE)
            wait = float(script(keys=[f"omnisales:budget:{self.account}"], args=[step, burst, PATIENCE * 1000])) / 1000
        except redis.RedisError as error:
            log.warning("no_budget", account=self.account, error=type(error).__name__)
            return
        if wait > PATIENCE:
            raise NotNow(f"{self.account}: too many requests", after=timedelta(seconds=wait * random.uniform(1, 4)))
        time.sleep(wait)
