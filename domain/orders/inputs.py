"""Checks of what people and programs send, before it reaches the database. Pure; each says what to do."""

from decimal import Decimal

from domain.kernel.refusals import invalid

PRICE_LIMIT = Decimal(10) ** 12
PRICE_PLACES = 6
TEXT_LIMIT = 1_000


def text_problem(text: str, limit: int = TEXT_LIMIT) -> str | None:
    """Why this is no text that can be kept, or None: no NUL, no half of a surrogate pair, not too long."""
    if len(text) > limit:
        return f"Use at most {limit} characters."
    if "\x00" in text or not _is_unicode(text):
        return "Remove the characters that are no text (NUL, broken Unicode)."
    return None


def price_problem(price: Decimal) -> str | None:
    """Why this is not a unit price, or None: not below 0, below 10^12, six decimals at most."""
    if not price.is_finite() or not 0 <= price < PRICE_LIMIT:
        return f"Give a price from 0 and below {PRICE_LIMIT:f}."
    if price != round(price, PRICE_PLACES):
        return f"Give a price with at most {PRICE_PLACES} decimals."
    return None


def check_text(field: str, text: str | None, limit: int = TEXT_LIMIT) -> None:
    """Raises Invalid for a text that cannot be kept; None is no text."""
    problem = text_problem(text, limit) if text is not None else None
    if problem:
        raise invalid((field,), "NOT_A_TEXT", problem)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
