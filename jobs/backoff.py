"""How long failed work waits before it is done again."""

import random
from datetime import timedelta

LONGEST = timedelta(hours=1)


def delay(attempts: int, first: timedelta, *, longest: timedelta = LONGEST, chance: float | None = None) -> timedelta:
    """The wait after `attempts` failures before: doubling from `first` up to `longest`, of which the upper half is
    left to chance, so that what failed together does not come back together. `chance` is in [0, 1).
    """
    whole = min(longest, first * float(2 ** min(attempts, 30)))
    return whole * (0.5 + 0.5 * (random.random() if chance is None else chance))
