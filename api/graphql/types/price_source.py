"""Where a price comes from."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

import strawberry

from api.graphql.fields import attribute
from domain.pricing.models import Level


@strawberry.enum(description="Whose price it is; the first level that has one wins, in this order.")
class PriceLevel(StrEnum):
    CUSTOMER = Level.CUSTOMER.value
    GROUP = Level.GROUP.value
    CHANNEL = Level.CHANNEL.value
    STANDARD = Level.STANDARD.value


@strawberry.enum(description="Where the price of a line comes from.")
class PriceOrigin(StrEnum):
    CUSTOMER = Level.CUSTOMER.value
    GROUP = Level.GROUP.value
    CHANNEL = Level.CHANNEL.value
    STANDARD = Level.STANDARD.value
    MANUAL = "MANUAL"


@strawberry.type(description="Which rule gave the price of a line.")
class PriceSource:
    origin: PriceOrigin = attribute("A price list's level, the catalogue (STANDARD), or who entered it (MANUAL).")
    list: str | None = attribute("The slug of the price list, where one gave it.")
    min_quantity: Decimal | None = attribute("The break of the list that the quantity reached, where a list gave it.")


def price_source(stored: Mapping[str, str]) -> PriceSource:
    """The source that a line remembers."""
    break_ = stored.get("min_quantity")
    return PriceSource(
        origin=PriceOrigin(stored["level"]),
        list=stored.get("list"),
        min_quantity=None if break_ is None else Decimal(break_),
    )
