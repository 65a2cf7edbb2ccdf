"""Checks of what an order is told, before it reaches the database. Pure; each says what to do."""

from decimal import Decimal

from domain.kernel.texts import TEXT_LIMIT, check_text, text_problem

__all__ = ["TEXT_LIMIT", "check_text", "price_problem", "text_problem"]

PRICE_LIMIT = Decimal(10) ** 12
PRICE_PLACES = 6


def price_problem(price: Decimal) -> str | None:
    """Why this is not a unit price, or None: not below 0, below 10^12, six decimals at most."""
    if not price.is_finite() or not 0 <= price < PRICE_LIMIT:
        return f"Give a price from 0 and below {PRICE_LIMIT:f}."
    if price != round(price, PRICE_PLACES):
        return f"Give a price with at most {PRICE_PLACES} decimals."
    return None
