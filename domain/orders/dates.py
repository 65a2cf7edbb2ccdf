"""Which days an order may name. Pure; days are those of UTC."""

from datetime import UTC, date, datetime, timedelta

from domain.kernel.refusals import Problem

PRE_ORDER = "pre_order"
"""The channels whose orders are delivered later, on a day that is promised (spec PRE-1)."""

LONGEST_PROMISE = timedelta(days=5 * 366)
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_BACKDATING = timedelta(days=90)
"""How long ago an order may have been placed that is entered now: prices and campaigns are those of then."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A caller's clock may be ahead of ours by this much."""


def promise_problem(promised_on: date | None, connector: str, now: datetime) -> Problem | None:
    """Why this is no day to promise, or None. A pre-order needs one after today; no order is promised into the past.

    `connector` is the channel's; `now` in UTC.
    """
    today = now.date()
    if promised_on is None:
        if connector != PRE_ORDER:
            return None
        return Problem(("promisedOn",), "MISSING", "A pre-order needs the day that is promised.")
    first = today + timedelta(days=1) if connector == PRE_ORDER else today
    if not first <= promised_on <= today + LONGEST_PROMISE:
        last = today + LONGEST_PROMISE
        return Problem(("promisedOn",), "OUT_OF_RANGE", f"Promise a day from {first} to {last}.")
    return None


def past_problem(field: str, at: datetime | None, now: datetime) -> Problem | None:
    """Why this is no time at which something has happened, or None."""
    if at is None or FIRST_DAY <= at <= now + CLOCKS_DIFFER:
        return None
    return Problem((field,), "OUT_OF_RANGE", "Give a time that has passed, after the year 1999.")


def backdating_problem(field: str, at: datetime | None, now: datetime) -> Problem | None:
    """Why an order may not be entered as placed then, or None."""
    if at is None or at >= now - LONGEST_BACKDATING:
        return None
    days = LONGEST_BACKDATING.days
    message = f"Give a time of the last {days} days: prices and discounts are those of then. Older orders are entered "
    return Problem((field,), "TOO_OLD", message + "by who may change settings.")
