"""What became of the vouchers that were entered with an order. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.kernel.database import Json
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem

from .engine import Outcome
from .rules import LATER, WORDS, Rule, Why, voucher_key

MAX_VOUCHERS = 10
MAX_CODE = 50
UNKNOWN = "UNKNOWN_VOUCHER"


def code_problems(codes: Sequence[str], path: Path = ("vouchers",)) -> Iterator[Problem]:
    """What is wrong with codes, before anybody looks them up."""
    if len(codes) > MAX_VOUCHERS:
        yield Problem(path, "TOO_MANY", f"Use at most {MAX_VOUCHERS} vouchers in an order.")
        return
    seen: set[str] = set()
    for place, code in enumerate(codes):
        here = (*path, str(place))
        if problem := text_problem(code, MAX_CODE):
            yield Problem(here, "NOT_A_TEXT", problem)
        elif voucher_key(code) in seen:
            yield Problem(here, "TWICE", f"The voucher {code} is named twice.")
        seen.add(voucher_key(code))


def voucher_problems(
    codes: Sequence[str], rules: Mapping[str, Rule], outcome: Outcome
) -> Iterator[tuple[int, Problem]]:
    """Why a voucher cannot be used, by its place; `rules` are those of vouchers, by key. One that only loses against
    a better discount is no mistake."""
    for place, code in enumerate(codes):
        rule = rules.get(voucher_key(code))
        why = outcome.barred.get(rule.id) if rule else None
        here = ("vouchers", str(place))
        if rule is None:
            yield place, Problem(here, UNKNOWN, f"There is no voucher {code}. Check the code, or leave it out.")
        elif why is not None and why not in LATER:
            yield place, Problem(here, why.value, f"The voucher {code} cannot be used: {why_words(why, rule)}")


def voucher_states(codes: Sequence[str], rules: Mapping[str, Rule], outcome: Outcome) -> list[Json]:
    """What an order keeps of its vouchers: the code, its rule, and why it takes nothing off (null: it does)."""
    states: list[dict[str, Any]] = []
    for code in codes:
        rule = rules.get(voucher_key(code))
        why = outcome.barred.get(rule.id) if rule else UNKNOWN
        states.append({"code": code.strip(), "rule": rule and str(rule.id), "why": why and str(why)})
    return states


def sentence(why: Why, rule: Rule) -> str:
    """`why_words` as a sentence of its own."""
    words = why_words(why, rule)
    return words[0].upper() + words[1:]


def state_words(why: str) -> str:
    """The words for a kept reason."""
    return "There is no such voucher any more." if why == UNKNOWN else WORDS[Why(why)]


def why_words(why: Why, rule: Rule) -> str:
    """The words for people, with the rule's own numbers where they help."""
    match why:
        case Why.BELOW_MINIMUM:
            return f"the order's products must come to {rule.minimum:.2f} {rule.currency} without tax."
        case Why.NOT_STARTED:
            return f"it is valid from {rule.starts_at:%Y-%m-%d %H:%M} UTC."
        case Why.EXPIRED:
            return f"it was valid until {rule.ends_at:%Y-%m-%d %H:%M} UTC."
        case _:
            return WORDS[why][0].lower() + WORDS[why][1:]
