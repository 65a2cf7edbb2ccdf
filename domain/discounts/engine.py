"""Picks the rules that apply to an order and takes them off its lines (spec DSC-2). Pure: no clock, no database.

The order of application:
1. A rule that anything bars (`rules.why_not`) is out; each that is left may apply to the lines that it covers.
2. Rules that stack apply together; one that does not applies alone. Whatever saves the buyer most is taken: all that
   stack, or one that does not. At a tie those that stack win, then the higher priority, then the older rule.
3. Percentages first, each of the line's net amount before discounts, rounded per line half up: 10 % and 5 % are 15 %.
4. Then amounts, by priority, then the older rule: each spread over its lines in proportion to what is left of them.
5. No line falls below zero: what exceeds it is not taken, so that later rules find less.
Neither the order of the rules nor that of the lines in the input matters: lines are told apart by their position.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

from domain.kernel.money import ZERO, to_cents, total_of

from .models import Formal
from .rules import BasketLine, Context, Rule, Why, covers, why_not
from .spread import spread

K = TypeVar("K")

_HUNDRED = Decimal(100)


class Step(NamedTuple):
    """What a rule takes off a line: `before` is the line's amount when it does."""

    rule: Rule
    position: int
    before: Decimal
    saved: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is taken off, in the order in which it is; and of each other rule why it takes nothing."""

    steps: Sequence[Step]
    barred: Mapping[UUID, Why]

    @property
    def saved(self) -> Decimal:
        return total_of(step.saved for step in self.steps)

    @property
    def by_line(self) -> Mapping[int, Decimal]:
        """The discount of each line that has one, by position."""
        return _sums((step.position, step.saved) for step in self.steps)

    @property
    def by_rule(self) -> Mapping[UUID, Decimal]:
        """What each rule that applies saves."""
        return _sums((step.rule.id, step.saved) for step in self.steps)


def apply_discounts(lines: Collection[BasketLine], rules: Collection[Rule], context: Context) -> Outcome:
    """The discounts of an order; see the module for the order of application."""
    lines = sorted(lines, key=lambda line: line.position)
    barred: dict[UUID, Why] = {}
    fit: list[Rule] = []
    for rule in sorted(rules, key=_rank):
        why = why_not(rule, lines, context)
        if why is None:
            fit.append(rule)
        else:
            barred[rule.id] = why
    choices = [[rule for rule in fit if rule.stacks], *([rule] for rule in fit if not rule.stacks)]
    taken = [_take(choice, lines) for choice in choices]
    best = max(range(len(choices)), key=lambda place: total_of(step.saved for step in taken[place]))
    steps = taken[best]
    applied = {step.rule.id for step in steps}
    for rule in fit:
        if rule.id not in applied:
            barred[rule.id] = Why.SAVES_NOTHING if not steps or rule in choices[best] else Why.OUTBID
    return Outcome(steps, barred)


def _rank(rule: Rule) -> tuple[int, UUID]:
    """Ids grow with time: the smaller one is the older rule."""
    return -rule.priority, rule.id


def _take(rules: Sequence[Rule], lines: Sequence[BasketLine]) -> list[Step]:
    left = {line.position: line.net for line in lines}
    steps: list[Step] = []
    for rule in sorted(rules, key=lambda rule: (rule.formal is Formal.AMOUNT, _rank(rule))):
        covered = [line for line in lines if covers(rule, line)]
        if rule.formal is Formal.PERCENT:
            cuts = [min(to_cents(line.net * rule.value / _HUNDRED), left[line.position]) for line in covered]
        else:
            cuts = spread(rule.value, [left[line.position] for line in covered])
        for line, cut in zip(covered, cuts, strict=True):
            if cut:
                steps.append(Step(rule, line.position, left[line.position], cut))
                left[line.position] -= cut
    return steps


def _sums(pairs: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    sums: defaultdict[K, Decimal] = defaultdict(lambda: ZERO)
    for key, amount in pairs:
        sums[key] += amount
    return dict(sums)
