"""Writing an approval rule (spec APR-2)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.models import Role
from domain.audit.record import record_written
from domain.audit.values import snapshot
from domain.channels.models import OWN_CHANNELS, Channel
from domain.customers.models import CustomerGroup
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.refusals import Invalid, NotFound, Problem, StaleVersion, invalid
from domain.kernel.texts import text_problem

from .conditions import Condition, condition_problems, stored
from .models import ApprovalRule
from .rules import Rule, as_rule, overlap

MAX_RULES = 200
MAX_CONDITIONS = 20
MAX_STEPS = 10
MAX_NAME = 200
MAX_PRIORITY = 1_000_000
_LOCK = "approval_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInput:
    """A rule as it shall be; see `ApprovalRule`."""

    name: str
    steps: Sequence[str]
    channels: Sequence[str] = ()
    order_types: Sequence[str] = ()
    conditions: Sequence[Condition] = ()
    priority: int = 0
    exclusive: bool = False
    four_eyes: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """The words that a rule may name."""

    roles: frozenset[str]
    channels: frozenset[str]
    order_types: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertRule:
    """`id` None makes a rule; else `expected_version` is the version that the writer read, None asks for no check."""

    rule: RuleInput
    id: UUID | None = None
    expected_version: int | None = None


async def upsert_rule(session: AsyncSession, actor: Actor, command: UpsertRule) -> ApprovalRule:
    """Writes the rule. It is for orders that enter or are changed from now on: those that are here keep what they were
    asked for. Raises NotFound, StaleVersion, and Invalid naming every wrong field.
    """
    await lock_names(session, [_LOCK])
    before = None
    row = await _find(session, command) if command.id is not None else None
    rule = await check_rule(session, command.rule, command.id)
    if row is None:
        if (await session.scalar(select(func.count()).select_from(ApprovalRule)) or 0) >= MAX_RULES:
            raise invalid(("rule",), "TOO_MANY", f"There are at most {MAX_RULES} rules; remove one first.")
        now = utc_now()
        row = ApprovalRule(id=rule.id, version=1, created_at=now, updated_at=now)
        session.add(row)
        _write(row, command.rule)
    else:
        before = snapshot(row)
        _write(row, command.rule)
        if snapshot(row) != before:
            row.version += 1
            row.updated_at = utc_now()
    record_written(session, actor, "approval_rule", row, before, title=row.name)
    await session.flush()
    return row


async def check_rule(session: AsyncSession, given: RuleInput, rule_id: UUID | None) -> Rule:
    """The rule as a value; `rule_id` is the one that it replaces. Raises Invalid naming every wrong field."""
    problems = [*rule_problems(given, await known_words(session))]
    rule = as_value(given, rule_id)
    if not problems and given.active:
        rows = await session.scalars(select(ApprovalRule).where(ApprovalRule.active, ApprovalRule.id != rule.id))
        problems += _overlaps(rule, [as_rule(row) for row in rows])
    if problems:
        raise Invalid(problems)
    return rule


async def known_words(session: AsyncSession) -> Known:
    """The roles, channels and groups that there are, in one statement."""
    kinds = [
        select(Role.slug.label("word"), literal("role").label("kind")),
        select(Channel.slug, literal("channel")),
        select(Channel.connector, literal("type")),
        select(func.coalesce(Channel.order_type, Channel.connector), literal("type")),
        select(CustomerGroup.slug, literal("group")),
    ]
    found: dict[str, set[str]] = {"role": set(), "channel": set(), "type": {*OWN_CHANNELS}, "group": set()}
    for word, kind in await session.execute(kinds[0].union_all(*kinds[1:])):
        found[kind].add(word)
    return Known(*(frozenset(found[kind]) for kind in ("role", "channel", "type", "group")))


def as_value(given: RuleInput, rule_id: UUID | None) -> Rule:
    """The rule that the input describes."""
    return Rule(
        id=rule_id or new_id(),
        name=given.name.strip(),
        steps=tuple(given.steps),
        channels=frozenset(given.channels),
        order_types=frozenset(given.order_types),
        conditions=tuple(given.conditions),
        priority=given.priority,
        exclusive=given.exclusive,
        four_eyes=given.four_eyes,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
    )


def rule_problems(given: RuleInput, known: Known) -> Iterator[Problem]:
    """What is wrong with the fields of a rule. Pure."""
    if not given.name.strip():
        yield Problem(("name",), "MISSING", "Give the rule a name that approvers recognise.")
    elif problem := text_problem(given.name, MAX_NAME):
        yield Problem(("name",), "NOT_A_TEXT", problem)
    if not given.steps:
        yield Problem(("steps",), "EMPTY", "Name at least one role that approves.")
    if len(given.steps) > MAX_STEPS:
        yield Problem(("steps",), "TOO_MANY", f"Name at most {MAX_STEPS} roles.")
    yield from _words("steps", given.steps, known.roles, "UNKNOWN_ROLE", "role")
    yield from _words("channels", given.channels, known.channels, "UNKNOWN_CHANNEL", "channel")
    yield from _words("orderTypes", given.order_types, known.order_types, "UNKNOWN_ORDER_TYPE", "order type")
    if len(given.conditions) > MAX_CONDITIONS:
        yield Problem(("conditions",), "TOO_MANY", f"Give at most {MAX_CONDITIONS} conditions.")
    for place, condition in enumerate(given.conditions[:MAX_CONDITIONS]):
        yield from condition_problems(condition, ("conditions", str(place)), known.groups)
    if not -MAX_PRIORITY <= given.priority <= MAX_PRIORITY:
        yield Problem(("priority",), "OUT_OF_RANGE", f"Give a priority from -{MAX_PRIORITY} to {MAX_PRIORITY}.")
    if given.valid_from is not None and given.valid_until is not None and given.valid_from >= given.valid_until:
        for end in ("validFrom", "validUntil"):
            yield Problem((end,), "REVERSED", "The rule must begin before it ends.")


def _words(field: str, given: Sequence[str], known: Collection[str], code: str, what: str) -> Iterator[Problem]:
    for place, word in enumerate(given[:MAX_RULES]):
        if word not in known:
            yield Problem((field, str(place)), code, f"There is no such {what}.")
        elif word in given[:place]:
            yield Problem((field, str(place)), "TWICE", f"Name each {what} once.")
    if len(given) > MAX_RULES:
        yield Problem((field,), "TOO_MANY", f"Name at most {MAX_RULES}.")


def _overlaps(rule: Rule, others: Sequence[Rule]) -> Iterator[Problem]:
    """Rules that may hold the same orders at the same priority, where one of the two says that it is alone."""
    names = [other.name for other in others if (rule.exclusive or other.exclusive) and overlap(rule, other)]
    if names:
        yield Problem(
            ("exclusive",),
            "OVERLAPS",
            f"At priority {rule.priority} it would apply to the same orders as {', '.join(sorted(names))}, and one of "
            "them is exclusive. Give it another priority, other channels or types, or another time.",
        )


async def _find(session: AsyncSession, command: UpsertRule) -> ApprovalRule:
    row = await session.scalar(select(ApprovalRule).where(ApprovalRule.id == command.id).with_for_update())
    if row is None:
        raise NotFound("approval rule", command.id, path=("id",))
    if command.expected_version not in (None, row.version):
        raise StaleVersion("approval rule", expected=command.expected_version or 0, current=row.version)
    return row


def _write(row: ApprovalRule, given: RuleInput) -> None:
    row.name = given.name.strip()
    row.channels, row.order_types = sorted(given.channels), sorted(given.order_types)
    row.conditions, row.steps = [stored(one) for one in given.conditions], list(given.steps)
    row.priority, row.exclusive, row.four_eyes = given.priority, given.exclusive, given.four_eyes
    row.valid_from, row.valid_until, row.active = given.valid_from, given.valid_until, given.active
