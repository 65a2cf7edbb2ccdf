from datetime import timedelta

import pytest

from jobs.backoff import LONGEST, delay

FIRST = timedelta(seconds=2)


@pytest.mark.parametrize(
    ("attempts", "chance", "seconds"),
    [(0, 0.0, 1), (0, 1.0, 2), (1, 1.0, 4), (3, 0.0, 8), (3, 0.5, 12), (10, 1.0, 2048)],
)
def test_the_pause_doubles_and_its_upper_half_is_chance(attempts: int, chance: float, seconds: int) -> None:
    assert delay(attempts, FIRST, chance=chance) == timedelta(seconds=seconds)


def test_no_pause_is_longer_than_the_longest() -> None:
    assert delay(11, FIRST, chance=1.0) == LONGEST
    assert delay(10_000, FIRST, chance=1.0) == LONGEST


def test_what_fails_together_does_not_come_back_together() -> None:
    assert len({delay(3, FIRST) for _ in range(20)}) > 10
