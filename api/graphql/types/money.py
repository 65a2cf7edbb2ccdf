"""Money, and how decimals are written."""

from decimal import Decimal

import strawberry

from api.graphql.fields import attribute
from domain.kernel import money as kernel

_CENT_PLACES = 2


@strawberry.type(description="An exact amount with its currency.")
class Money:
    amount: Decimal = attribute("Two places; unit prices up to six.")
    currency: str = attribute("ISO 4217.")


@strawberry.input(description="An exact amount with its currency.")
class MoneyInput:
    amount: Decimal = strawberry.field(description='A text such as "12.50", or a number.')
    currency: str = strawberry.field(description="ISO 4217, such as RON.")

    def value(self) -> kernel.Money:
        return kernel.Money(self.amount, self.currency)


def money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)


def unit_price(amount: Decimal, currency: str) -> Money:
    """At least two places, and no needless zeros beyond."""
    return Money(amount=trimmed(amount, _CENT_PLACES), currency=currency)


def plain(number: Decimal) -> Decimal:
    """A quantity, size or weight without trailing zeros: 2.000 is 2."""
    return trimmed(number, 0)


def plain_or_none(number: Decimal | None) -> Decimal | None:
    return None if number is None else trimmed(number, 0)


def trimmed(number: Decimal, places: int) -> Decimal:
    """`number` without trailing zeros after the point, but with at least `places` places. Exact."""
    short = number.normalize()
    exponent = short.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < places:
        return number.quantize(Decimal(1).scaleb(-places))
    return Decimal(f"{short:f}")
