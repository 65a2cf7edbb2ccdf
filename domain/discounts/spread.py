"""Sharing an amount out to the ban. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from domain.kernel.money import CENT

_CENTS = Decimal(100)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`amount`, at most the sum of the weights, shared out in proportion to them; the parts sum to it exactly.

    Amounts and weights have two places and are not below zero. Each part is rounded down, and the bans that are left
    go to the parts that lost most by it, at a tie to the earlier one: no part is above its weight.
    """
    shares = [int(weight * _CENTS) for weight in weights]
    whole = sum(shares)
    cents = min(int(amount * _CENTS), whole)
    if not cents:
        return [CENT * 0 for _ in weights]
    parts = [cents * share // whole for share in shares]
    lost = sorted(range(len(shares)), key=lambda place: (-(cents * shares[place] % whole), place))
    for place in lost[: cents - sum(parts)]:
        parts[place] += 1
    return [CENT * part for part in parts]
