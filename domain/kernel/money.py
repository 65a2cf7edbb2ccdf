"""Money: exact decimals with their currency. Amounts are kept to the ban (two places), unit prices to six."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999999999999.99")
PRICE_LIMIT = Decimal(10) ** 12
PRICE_PLACES = 6


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217, upper case)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to two places, as Romanian fiscal rules ask per line (spec ORD-10)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, with two places also when there is nothing to add."""
    return sum(amounts, ZERO)


def plain(number: Decimal) -> str:
    """A number for people and APIs: no exponent, no trailing zeros ("2", "0.5", "100")."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_currency(code: str) -> bool:
    """Whether `code` has the form of an ISO 4217 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def price_problem(price: Decimal) -> str | None:
    """Why this is not a unit price, or None: not below 0, below 10^12, six decimals at most."""
    if not price.is_finite() or not 0 <= price < PRICE_LIMIT:
        return f"Give a price from 0 and below {PRICE_LIMIT:f}."
    if price != round(price, PRICE_PLACES):
        return f"Give a price with at most {PRICE_PLACES} decimals."
    return None
