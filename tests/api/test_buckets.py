"""Token buckets, by laws."""

from hypothesis import given
from hypothesis import strategies as st

from api.buckets import Buckets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_full_bucket_is_taken_at_once_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(2, 4, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0.0] * 4
    assert buckets.take("a") == 0.5
    assert buckets.take("b") == 0.0
    clock.now += 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == 0.5


def test_what_is_spent_afterwards_makes_wait_the_longer_but_not_for_ever() -> None:
    buckets = Buckets(1, 10, clock=Clock())
    buckets.spend("a", 1_000_000)
    assert buckets.wait("a") == 11.0


def test_without_a_rate_nobody_waits() -> None:
    buckets = Buckets(0, 0)
    buckets.spend("a", 1_000)
    assert [buckets.take("a") for _ in range(100)] == [0.0] * 100


def test_names_are_forgotten_from_the_one_that_was_not_seen_for_longest() -> None:
    buckets = Buckets(1, 1, most=2, clock=Clock())
    for name in ("a", "b"):
        buckets.take(name)
    buckets.spend("a", 1)
    buckets.take("c")
    assert buckets.take("b") == 0.0
    assert len(buckets._levels) == 2


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 3)), max_size=50))
def test_nobody_gets_more_than_flowed_in(visits: list[tuple[float, float]]) -> None:
    clock = Clock()
    buckets, got = Buckets(2, 6, clock=clock), 0.0
    for pause, points in visits:
        clock.now += pause
        got += points if buckets.take("a", points) == 0.0 else 0.0
    assert got <= 6 + 2 * (clock.now - Clock.now) + 1e-6
