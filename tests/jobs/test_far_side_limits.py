"""The rate budget and the circuit breaker of an account, over all workers."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis

from jobs.breaker import FAILURES, Breaker
from jobs.broker import connect
from jobs.budget import RateBudget
from omnisales_sdk import TryLater
from tests.support.valkey import Valkey


def nobody_there() -> redis.Redis:
    return connect("unix:///nowhere/at/all?db=0")


def test_requests_leave_at_the_budgets_rate(valkey: Valkey) -> None:
    with valkey.client() as client:
        budgets = [RateBudget(client, "shop", 20.0) for _ in range(4)]
        start = time.monotonic()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: budgets[number % 4].take(), range(40)))
        took = time.monotonic() - start
    assert 0.9 <= took <= 1.6  # 20 at once, 20 more within the next second


def test_a_long_wait_is_for_later(valkey: Valkey) -> None:
    with valkey.client() as client:
        budget = RateBudget(client, "slow shop", 0.2)
        budget.take()
        with pytest.raises(TryLater) as caught:
            budget.take()
        assert caught.value.after is not None
        assert timedelta(seconds=4) < caught.value.after <= timedelta(seconds=20)
        client.flushall()
        budget.take()


def test_accounts_have_budgets_of_their_own_and_equal_ones_are_equal(valkey: Valkey) -> None:
    with valkey.client() as client:
        RateBudget(client, "a", 0.2).take()
        RateBudget(client, "b", 0.2).take()
        assert RateBudget(client, "a", 0.2) == RateBudget(client, "a", 0.2)


def test_without_redis_nobody_is_held_back() -> None:
    budget = RateBudget(nobody_there(), "a", 0.001)
    budget.take()
    budget.take()
    breaker = Breaker(nobody_there(), "a")
    for _ in range(FAILURES * 2):
        breaker.failed()
    breaker.check()
    breaker.answered()


def test_the_circuit_opens_after_failures_in_a_row(valkey: Valkey) -> None:
    with valkey.client() as client:
        breaker = Breaker(client, "shop")
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.check()
        breaker.failed()
        with pytest.raises(TryLater) as caught:
            breaker.check()
        assert caught.value.after is not None
        assert timedelta(seconds=9) < caught.value.after <= timedelta(seconds=10)
        Breaker(client, "another shop").check()


def test_the_pause_doubles_while_it_stays_away(valkey: Valkey) -> None:
    with valkey.client() as client:
        breaker = Breaker(client, "shop")
        for _ in range(FAILURES + 2):
            breaker.failed()
        with pytest.raises(TryLater) as caught:
            breaker.check()
        assert caught.value.after is not None
        assert timedelta(seconds=39) < caught.value.after <= timedelta(seconds=40)


def test_one_answer_closes_it_for_good(valkey: Valkey) -> None:
    with valkey.client() as client:
        breaker = Breaker(client, "shop")
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.answered()
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.check()
