"""Which approval an order needs (spec APR-2). Pure: rules and facts in, the need out.

Of the rules that hold an order those of the highest priority apply, whatever others say. Where several have it, all
apply: their steps follow each other in the order of the rules' names, each role once. A rule that holds only because
nobody can tell (no exchange rate) adds its steps, and sets none of the others aside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.currency.rules import Rates
from domain.kernel.database import Json

from .conditions import Condition, OrderFacts, Reason, read, why
from .models import ApprovalRule, ConditionKind

ANY = "It is for every such order."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as a value; see `ApprovalRule`. It is valid from `valid_from` on and before `valid_until`."""

    id: UUID
    name: str
    steps: tuple[str, ...]
    channels: frozenset[str] = frozenset()
    order_types: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    priority: int = 0
    exclusive: bool = False
    four_eyes: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule that holds the order, and why; `decided` False: it may hold it, nobody can tell."""

    rule: Rule
    reasons: tuple[str, ...]
    decided: bool = True


@dataclass(frozen=True, slots=True)
class ApprovalNeed:
    """`matched` apply, in the order of their names; `steps` are the roles that must agree, one after the other."""

    matched: tuple[Matched, ...]
    steps: tuple[str, ...]

    @property
    def four_eyes(self) -> bool:
        return any(one.rule.four_eyes for one in self.matched)

    def snapshot(self) -> list[Json]:
        """The rules as the order keeps them, whatever becomes of them later."""
        return [
            {
                "id": str(one.rule.id),
                "name": one.rule.name,
                "version": one.rule.version,
                "reasons": list(one.reasons),
            }
            for one in self.matched
        ]


def rule_for(facts: OrderFacts, rules: Iterable[Rule], rates: Rates, at: datetime) -> ApprovalNeed | None:
    """What approval the order needs at this moment; None: no rule holds it."""
    matched = [one for rule in rules if (one := _matched(rule, facts, rates, at)) is not None]
    if not matched:
        return None
    # What may apply after all does, beside what surely does: the one of the two that is stricter must not be lost.
    highest = max((one.rule.priority for one in matched if one.decided), default=None)
    applying = sorted((one for one in matched if _applies(one, highest)), key=_by_name)
    steps = dict.fromkeys(role for one in applying for role in one.rule.steps)
    return ApprovalNeed(tuple(applying), tuple(steps))


def is_valid(rule: Rule, at: datetime) -> bool:
    """Whether the rule's time is now."""
    return (rule.valid_from is None or rule.valid_from <= at) and (rule.valid_until is None or at < rule.valid_until)


def overlap(one: Rule, other: Rule) -> bool:
    """Whether both may apply to the same order: the same priority, a common channel, type and time."""
    return (
        one.priority == other.priority
        and _meet(one.channels, other.channels)
        and _meet(one.order_types, other.order_types)
        and _before(one.valid_from, other.valid_until)
        and _before(other.valid_from, one.valid_until)
    )


def asks_about(rules: Iterable[Rule], kind: ConditionKind) -> bool:
    """Whether a rule has a condition of this kind, so that its facts need not be loaded in vain."""
    return any(condition.kind is kind for rule in rules for condition in rule.conditions)


def currencies(rules: Iterable[Rule]) -> set[str]:
    """The currencies of the rules' thresholds."""
    return {one.amount.currency for rule in rules for one in rule.conditions if one.amount is not None}


def as_rule(row: ApprovalRule) -> Rule:
    """The value of a row."""
    return Rule(
        id=row.id,
        name=row.name,
        steps=tuple(row.steps),
        channels=frozenset(row.channels),
        order_types=frozenset(row.order_types),
        conditions=tuple(read(one) for one in row.conditions),
        priority=row.priority,
        exclusive=row.exclusive,
        four_eyes=row.four_eyes,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        version=row.version,
    )


def _applies(one: Matched, highest: int | None) -> bool:
    """`highest` is the priority of the rules that surely hold the order; those below it would not apply anyway."""
    if highest is None:
        return True
    return one.rule.priority == highest or (not one.decided and one.rule.priority > highest)


def _matched(rule: Rule, facts: OrderFacts, rates: Rates, at: datetime) -> Matched | None:
    if not is_valid(rule, at):
        return None
    if rule.channels and facts.channel not in rule.channels:
        return None
    if rule.order_types and facts.order_type not in rule.order_types:
        return None
    reasons: list[Reason] = []
    for condition in rule.conditions:
        reason = why(condition, facts, rates)
        if reason is None:
            return None
        reasons.append(reason)
    texts = tuple(reason.text for reason in reasons)
    return Matched(rule, texts or (ANY,), all(reason.decided for reason in reasons))


def _by_name(one: Matched) -> tuple[str, str]:
    return one.rule.name, str(one.rule.id)


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def same_need(need: ApprovalNeed, rules: Sequence[Json], steps: Sequence[str]) -> bool:
    """Whether an approval that was asked for (its snapshot and its steps) is the one that is needed now."""
    return tuple(steps) == need.steps and [(one["id"], one["version"]) for one in rules] == [
        (str(one.rule.id), one.rule.version) for one in need.matched
    ]
