"""What a rule may ask about an order: a small table of kinds (spec APR-2). Pure.

Each kind says how it is checked when a rule is written, and whether it holds for the facts of an order, in words that
the approver reads. A condition that cannot be decided (no exchange rate) holds: the order waits for a person, who is
told why, and told apart from what is known to hold.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.channels.models import PaymentKind
from domain.currency.rules import NoRateError, Rates, convert
from domain.kernel.database import Json
from domain.kernel.money import MAX_AMOUNT, Money, is_currency, plain
from domain.kernel.refusals import Path, Problem

from .models import ConditionKind

MAX_WORDS = 100
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`amount` is TOTAL_OVER's threshold, with tax; `percent` DISCOUNT_SHARE_OVER's, of the lines before discount;
    `words` are slugs of groups, or payment kinds; `wanted` False turns NEW_CUSTOMER round.
    """

    kind: ConditionKind
    amount: Money | None = None
    percent: Decimal | None = None
    words: tuple[str, ...] = ()
    wanted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What conditions look at. `total` is with tax, `day` the day whose rates hold, `discount_share` in percent."""

    channel: str
    order_type: str
    total: Money
    day: date
    discount_share: Decimal
    payment_kind: PaymentKind | None = None
    groups: frozenset[str] = frozenset()
    new_customer: bool = False


class Reason(NamedTuple):
    """Why a condition holds, in a sentence; `decided` False: nobody can tell, and it holds to be safe."""

    text: str
    decided: bool = True


@dataclass(frozen=True, slots=True)
class _Kind:
    """`problems` names what is wrong with such a condition; `holds` says why it holds, or None. It raises NoRateError
    where that cannot be told."""

    problems: Callable[[Condition, Path, Collection[str]], Iterator[Problem]]
    holds: Callable[[Condition, OrderFacts, Rates], str | None]


def _no_amount(condition: Condition, path: Path, _groups: Collection[str]) -> Iterator[Problem]:
    money = condition.amount
    if money is None or not money.amount.is_finite() or not 0 <= money.amount <= MAX_AMOUNT:
        yield Problem((*path, "totalOver", "amount"), "OUT_OF_RANGE", "Give an amount of 0 or more.")
    elif money.amount != round(money.amount, 2):
        yield Problem((*path, "totalOver", "amount"), "OUT_OF_RANGE", "Give an amount with at most two decimals.")
    if money is not None and not is_currency(money.currency):
        yield Problem((*path, "totalOver", "currency"), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")


def _no_percent(condition: Condition, path: Path, _groups: Collection[str]) -> Iterator[Problem]:
    percent = condition.percent
    if percent is None or not percent.is_finite() or not 0 <= percent <= _HUNDRED:
        yield Problem((*path, "discountShareOver"), "OUT_OF_RANGE", "Give a percentage from 0 to 100.")


def _no_groups(condition: Condition, path: Path, groups: Collection[str]) -> Iterator[Problem]:
    yield from _count(condition, (*path, "customerGroupIn"))
    for place, word in enumerate(condition.words):
        if word not in groups:
            message = "There is no such customer group; make it first, or name another."
            yield Problem((*path, "customerGroupIn", str(place)), "UNKNOWN_GROUP", message)


def _no_kinds(condition: Condition, path: Path, _groups: Collection[str]) -> Iterator[Problem]:
    yield from _count(condition, (*path, "paymentKindIn"))


def _count(condition: Condition, path: Path) -> Iterator[Problem]:
    if not condition.words:
        yield Problem(path, "EMPTY", "Name at least one.")
    if len(condition.words) > MAX_WORDS:
        yield Problem(path, "TOO_MANY", f"Name at most {MAX_WORDS}.")


def _nothing(_condition: Condition, _path: Path, _groups: Collection[str]) -> Iterator[Problem]:
    yield from ()


def _total_over(condition: Condition, facts: OrderFacts, rates: Rates) -> str | None:
    assert condition.amount is not None
    total = convert(facts.total, condition.amount.currency, facts.day, rates)
    if total.amount <= condition.amount.amount:
        return None
    meant = "" if total == facts.total else f" ({total})"
    return f"The total {facts.total}{meant} is over {condition.amount}."


def _share_over(condition: Condition, facts: OrderFacts, _rates: Rates) -> str | None:
    assert condition.percent is not None
    if facts.discount_share <= condition.percent:
        return None
    return f"The discount is {plain(round(facts.discount_share, 2))}% of the goods, over {plain(condition.percent)}%."


def _in_group(condition: Condition, facts: OrderFacts, _rates: Rates) -> str | None:
    found = sorted(facts.groups.intersection(condition.words))
    return f"The customer is in {', '.join(found)}." if found else None


def _paid_so(condition: Condition, facts: OrderFacts, _rates: Rates) -> str | None:
    if facts.payment_kind is None or facts.payment_kind.value not in condition.words:
        return None
    return f"It is paid {facts.payment_kind.value.replace('_', ' ')}."


def _is_new(condition: Condition, facts: OrderFacts, _rates: Rates) -> str | None:
    if facts.new_customer is not condition.wanted:
        return None
    return "The customer is new." if condition.wanted else "The customer has ordered before."


KINDS: Mapping[ConditionKind, _Kind] = {
    ConditionKind.TOTAL_OVER: _Kind(_no_amount, _total_over),
    ConditionKind.DISCOUNT_SHARE_OVER: _Kind(_no_percent, _share_over),
    ConditionKind.CUSTOMER_GROUP_IN: _Kind(_no_groups, _in_group),
    ConditionKind.PAYMENT_KIND_IN: _Kind(_no_kinds, _paid_so),
    ConditionKind.NEW_CUSTOMER: _Kind(_nothing, _is_new),
}


def condition_problems(condition: Condition, path: Path, groups: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a condition; `groups` are the slugs that there are."""
    return KINDS[condition.kind].problems(condition, path, groups)


def why(condition: Condition, facts: OrderFacts, rates: Rates) -> Reason | None:
    """Why the condition holds; None when it does not."""
    try:
        text = KINDS[condition.kind].holds(condition, facts, rates)
    except NoRateError as error:
        return Reason(f"The total is {facts.total}, and {error}: it is held to be safe.", decided=False)
    return None if text is None else Reason(text)


def stored(condition: Condition) -> Json:
    """A condition as a rule's row keeps it."""
    data: Json = {"kind": condition.kind.value}
    if condition.amount is not None:
        data |= {"amount": str(condition.amount.amount), "currency": condition.amount.currency}
    if condition.percent is not None:
        data["percent"] = str(condition.percent)
    if condition.words:
        data["words"] = sorted(set(condition.words))
    if not condition.wanted:
        data["wanted"] = False
    return data


def read(data: Json) -> Condition:
    """The condition that `stored` wrote."""
    amount, percent = data.get("amount"), data.get("percent")
    return Condition(
        kind=ConditionKind(data["kind"]),
        amount=None if amount is None else Money(Decimal(amount), data["currency"]),
        percent=None if percent is None else Decimal(percent),
        words=tuple(data.get("words", ())),
        wanted=data.get("wanted", True),
    )
