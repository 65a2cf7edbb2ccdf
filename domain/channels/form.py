"""What is wrong with settings, as far as can be told without looking anything up. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from domain.kernel.currencies import CURRENCIES
from domain.kernel.money import MAX_AMOUNT, to_cents
from domain.kernel.refusals import Path, Problem
from domain.kernel.slugs import is_slug, name_problems
from domain.kernel.texts import text_problem

from .rules import plain_word
from .settings import CLEARABLE, SHOWN, DeliveryFee, Interval, ReturnPolicy, Settings, Syncs

LONGEST_HOURS = 8_760
"""A year; whoever wants longer wants no expiry."""
MOST_DAYS = 365
MOST_METHODS = 50
LONGEST_METHOD = 200
MOST_GROUPS = 100
MOST_FEE = MAX_AMOUNT / 1000
MOST_RETURN_DAYS = 3_650
LONGEST_NOTE = 2_000
SHORTEST_INTERVAL = timedelta(minutes=1)
LONGEST_INTERVAL = timedelta(days=7)
HUNDRED = Decimal(100)


def form_problems(wanted: Settings, syncs: Syncs) -> Iterator[Problem]:
    """Every setting that cannot be used, with its field."""
    if wanted.title is not None:
        yield from name_problems(("title",), wanted.title, "channel")
    if wanted.currency is not None and wanted.currency not in CURRENCIES:
        yield Problem(("currency",), "BAD_CURRENCY", "Give an ISO 4217 code such as RON.")
    if wanted.order_type is not None and not is_slug(wanted.order_type):
        yield Problem(("orderType",), "BAD_SLUG", "Use 1 to 63 lower-case letters, digits, - and _ for the type.")
    yield from _method_problems(wanted)
    if wanted.delivery_fee is not None:
        yield from _fee_problems(("deliveryFee",), wanted.delivery_fee)
    if wanted.client_groups is not None:
        yield from _group_problems(wanted)
    days = wanted.pre_order_check_days
    if days is not None and not 0 <= days <= MOST_DAYS:
        yield Problem(("preOrderCheckDays",), "OUT_OF_RANGE", f"Give 0 to {MOST_DAYS} days.")
    hours = hours_problem("holdExpiryHours", wanted.hold_expiry_hours)
    if hours is not None:
        yield hours
    if wanted.return_policy is not None:
        yield from _return_problems(("returnPolicy",), wanted.return_policy)
    for place, interval in enumerate(wanted.intervals):
        earlier = [one.kind for one in wanted.intervals[:place]]
        yield from _interval_problems(("intervals", str(place)), interval, syncs, earlier)
    yield from _clear_problems(wanted)


def hours_problem(name: str, hours: int | None) -> Problem | None:
    """How long a hold keeps its goods; null is no expiry."""
    if hours is None or 1 <= hours <= LONGEST_HOURS:
        return None
    return Problem((name,), "OUT_OF_RANGE", f"Give whole hours from 1 to {LONGEST_HOURS}, or null for no expiry.")


def _method_problems(wanted: Settings) -> Iterator[Problem]:
    methods, path = wanted.allowed_payment_methods, ("allowedPaymentMethods",)
    if methods is None:
        return
    if not methods:
        yield Problem(path, "EMPTY", "Nothing could be sold so. Name methods, or clear the setting to allow any.")
    if len(methods) > MOST_METHODS:
        yield Problem(path, "TOO_MANY", f"Name at most {MOST_METHODS} methods.")
        return
    plain = [plain_word(word) for word in methods]
    for place, word in enumerate(methods):
        if not word.strip():
            yield Problem((*path, str(place)), "MISSING", "Give the word that orders name the method by, such as cod.")
        elif problem := text_problem(word, LONGEST_METHOD):
            yield Problem((*path, str(place)), "NOT_A_TEXT", problem)
        elif plain[place] in plain[:place]:
            yield Problem((*path, str(place)), "TWICE", "Name each method once; case, spaces and hyphens do not count.")


def _fee_problems(path: Path, fee: DeliveryFee) -> Iterator[Problem]:
    for name, amount in (("amount", fee.amount), ("freeFrom", fee.free_from)):
        if amount is not None and not _is_amount(amount):
            words = f"Give an amount from 0 to {MOST_FEE:f} with at most two decimals."
            yield Problem((*path, name), "OUT_OF_RANGE", words)
    if fee.tax_rate is not None and not _is_percent(fee.tax_rate):
        yield Problem((*path, "taxRate"), "OUT_OF_RANGE", "Give percent from 0 to 100 with at most two decimals.")
    if fee.amount == 0 and fee.free_from is not None:
        for name in ("amount", "freeFrom"):
            yield Problem((*path, name), "CONTRADICTION", "A fee of 0 is free from the start: leave out freeFrom.")


def _group_problems(wanted: Settings) -> Iterator[Problem]:
    groups = wanted.client_groups or ()
    if not groups:
        yield Problem(("clientGroups",), "EMPTY", "Nobody could buy so. Name groups, or clear the setting for all.")
    if len(groups) > MOST_GROUPS:
        yield Problem(("clientGroups",), "TOO_MANY", f"Name at most {MOST_GROUPS} groups.")


def _return_problems(path: Path, policy: ReturnPolicy) -> Iterator[Problem]:
    if not 0 <= policy.days <= MOST_RETURN_DAYS:
        yield Problem((*path, "days"), "OUT_OF_RANGE", f"Give 0 to {MOST_RETURN_DAYS} days; 0 takes nothing back.")
    if not _is_percent(policy.restocking_fee_percent):
        words = "Give percent from 0 to 100 with at most two decimals."
        yield Problem((*path, "restockingFeePercent"), "OUT_OF_RANGE", words)
    elif policy.days == 0 and policy.restocking_fee_percent:
        for name in ("days", "restockingFeePercent"):
            yield Problem((*path, name), "CONTRADICTION", "What is not taken back has no restocking fee.")
    problem = text_problem(policy.note, LONGEST_NOTE) if policy.note is not None else None
    if problem:
        yield Problem((*path, "note"), "NOT_A_TEXT", problem)


def _interval_problems(path: Path, interval: Interval, syncs: Syncs, earlier: list[str]) -> Iterator[Problem]:
    if interval.kind not in syncs.usual:
        known = ", ".join(sorted(syncs.usual)) or "nothing"
        yield Problem((*path, "kind"), "UNSUPPORTED", f"This channel cannot synchronise {interval.kind}, but {known}.")
    elif interval.kind in earlier:
        yield Problem((*path, "kind"), "TWICE", "Name each kind once.")
    if interval.every is not None and not SHORTEST_INTERVAL <= interval.every <= LONGEST_INTERVAL:
        shortest, longest = (int(one.total_seconds()) for one in (SHORTEST_INTERVAL, LONGEST_INTERVAL))
        yield Problem((*path, "everySeconds"), "OUT_OF_RANGE", f"Give {shortest} to {longest} seconds.")


def _clear_problems(wanted: Settings) -> Iterator[Problem]:
    shown = {api: name for name, api in SHOWN.items()}
    for place, name in enumerate(wanted.clear):
        if name not in CLEARABLE:
            yield Problem(("clear", str(place)), "UNKNOWN_FIELD", f"These can be emptied: {', '.join(CLEARABLE)}.")
        elif getattr(wanted, shown[name]) is not None:
            yield Problem(("clear", str(place)), "NOT_TOGETHER", f"{name} is given and emptied at once.")


def _is_amount(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= MOST_FEE and amount == to_cents(amount)


def _is_percent(share: Decimal) -> bool:
    return share.is_finite() and 0 <= share <= HUNDRED and share == to_cents(share)
