"""When an estimate can be worked on. Pure; days are those of UTC."""

from datetime import date, timedelta
from typing import Protocol

from domain.kernel.refusals import Problem

from .models import EstimateState

VALID_DAYS = 30
"""How long an estimate holds unless said."""
LONGEST = timedelta(days=2 * 366)


class Offered(Protocol):
    """What is looked at of an estimate."""

    @property
    def state(self) -> EstimateState: ...
    @property
    def valid_until(self) -> date: ...


def is_expired(estimate: Offered, today: date) -> bool:
    """Whether it was open when its last day ended."""
    return estimate.state is EstimateState.OPEN and estimate.valid_until < today


def validity_problem(valid_until: date, today: date) -> Problem | None:
    """Why this is no last day for an estimate, or None."""
    if today <= valid_until <= today + LONGEST:
        return None
    return Problem(("validUntil",), "OUT_OF_RANGE", f"Give a day from {today} to {today + LONGEST}.")


def open_problem(estimate: Offered, today: date, *, expired_too: bool = False) -> Problem | None:
    """Why it can be worked on no more, or None; `expired_too` lets one pass whose day is over, to give it another."""
    if estimate.state is not EstimateState.OPEN:
        return Problem(("id",), "NOT_OPEN", f"The estimate was {estimate.state} already.")
    if is_expired(estimate, today) and not expired_too:
        return Problem(
            ("id",), "EXPIRED", f"It was valid until {estimate.valid_until}. Give it another day with estimateUpdate."
        )
    return None
