"""The discounts of an order once more, slowly and by the words of the guide: exact fractions, every choice tried.

It shares nothing with the engine but the shape of rules and baskets. Amounts are fractions of a ban.
"""

from fractions import Fraction
from itertools import product

from domain.discounts.models import Formal
from domain.discounts.rules import BasketLine, Context, Rule

from .cases import Case

Cuts = dict[tuple[int, int], int]
"""Bans by the number of the rule and the position of the line."""


def reference(case: Case) -> Cuts:
    """What each rule takes off each line."""
    lines = {line.position: line for line in case.lines}
    allowed = [rule for rule in case.rules if _allowed(rule, list(lines.values()), case.context)]
    choices = [[rule for rule in allowed if rule.stacks]]
    # Most important first, so that a later choice must save more to be taken.
    choices += [[rule] for rule in _by_importance(allowed) if not rule.stacks]
    best: Cuts = {}
    for choice in choices:
        cuts = _cuts(choice, lines)
        if sum(cuts.values()) > sum(best.values()):
            best = cuts
    return best


def _allowed(rule: Rule, lines: list[BasketLine], who: Context) -> bool:
    if not rule.active or who.at < rule.starts_at:
        return False
    if rule.ends_at is not None and not who.at < rule.ends_at:
        return False
    if rule.voucher is not None and rule.voucher not in who.vouchers:
        return False
    if rule.currency is not None and rule.currency != who.currency:
        return False
    for wanted, here in (
        (rule.clients, {who.customer}),
        (rule.client_groups, set(who.customer_groups)),
        (rule.channels, {who.channel}),
        (rule.stores, {who.store}),
    ):
        if wanted is not None and not set(wanted) & here:
            return False
    if not [line for line in lines if _meant(rule, line)]:
        return False
    if rule.minimum is not None and sum(_bans(line.net) for line in lines) < _bans(rule.minimum):
        return False
    if rule.limit_total is not None and not rule.used < rule.limit_total:
        return False
    return rule.limit_per_client is None or rule.used_by_client < rule.limit_per_client


def _meant(rule: Rule, line: BasketLine) -> bool:
    if _bans(line.net) == 0:
        return False
    if rule.items is not None and line.variant_id not in rule.items:
        return False
    return rule.item_groups is None or any(group in rule.item_groups for group in line.groups)


def _by_importance(rules: list[Rule]) -> list[Rule]:
    """By hand, so as not to lean on a sort key: the highest priority, then the smallest number."""
    rest, found = list(rules), []
    while rest:
        top = rest[0]
        for one in rest[1:]:
            if one.priority > top.priority or (one.priority == top.priority and one.id.int < top.id.int):
                top = one
        rest.remove(top)
        found.append(top)
    return found


def _cuts(rules: list[Rule], lines: dict[int, BasketLine]) -> Cuts:
    left = {position: _bans(line.net) for position, line in lines.items()}
    cuts: Cuts = {}
    ordered = _by_importance(rules)
    for rule in [one for one in ordered if one.formal is Formal.PERCENT]:
        for position, line in lines.items():
            if _meant(rule, line):
                exact = Fraction(_bans(line.net)) * Fraction(rule.value) / 100
                rounded = (2 * exact + 1) // 2  # half up
                cuts[rule.id.int, position] = taken = min(int(rounded), left[position])
                left[position] -= taken
    for rule in [one for one in ordered if one.formal is Formal.AMOUNT]:
        meant = sorted(position for position, line in lines.items() if _meant(rule, line))
        for position, taken in zip(meant, _fairest(_bans(rule.value), [left[p] for p in meant]), strict=True):
            cuts[rule.id.int, position] = taken
            left[position] -= taken
    return {key: cut for key, cut in cuts.items() if cut}


def _fairest(bans: int, left: list[int]) -> tuple[int, ...]:
    """Of all ways to round the exact shares up or down that sum to the amount, the nearest to them; of equals the one
    that gives most to the earlier lines."""
    whole = sum(left)
    if whole == 0:
        return tuple(0 for _ in left)
    bans = min(bans, whole)
    exact = [Fraction(bans * part, whole) for part in left]
    ways = product(*({share.__floor__(), share.__ceil__()} for share in exact))
    fitting = [way for way in ways if sum(way) == bans]
    return min(
        fitting,
        key=lambda way: (sum((given - share) ** 2 for given, share in zip(way, exact, strict=True)), [-g for g in way]),
    )


def _bans(amount: object) -> int:
    bans = Fraction(str(amount)) * 100
    assert bans.denominator == 1
    return bans.numerator
