"""Which rules may take something off an order, and why the others may not (spec DSC-1). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.kernel.money import total_of

from .models import Formal

Ids = frozenset[UUID]
NO_IDS: Ids = frozenset()


class Why(StrEnum):
    """Why a rule takes nothing off an order; for a voucher also the code of the refusal."""

    INACTIVE = "INACTIVE"
    NOT_STARTED = "NOT_STARTED"
    EXPIRED = "EXPIRED"
    VOUCHER_MISSING = "VOUCHER_MISSING"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    WRONG_CHANNEL = "WRONG_CHANNEL"
    OTHER_CLIENT = "OTHER_CLIENT"
    NO_ITEMS = "NO_ITEMS"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    USED_UP = "USED_UP"
    USED_BY_CLIENT = "USED_BY_CLIENT"
    OUTBID = "OUTBID"
    SAVES_NOTHING = "SAVES_NOTHING"


WORDS: Mapping[Why, str] = {
    Why.INACTIVE: "It is switched off.",
    Why.NOT_STARTED: "It is not valid yet.",
    Why.EXPIRED: "It is not valid any more.",
    Why.VOUCHER_MISSING: "It needs its voucher code.",
    Why.WRONG_CURRENCY: "It is for orders in another currency.",
    Why.WRONG_CHANNEL: "It is not for orders of this channel.",
    Why.OTHER_CLIENT: "It is for other customers.",
    Why.NO_ITEMS: "Nothing in the order is among its products.",
    Why.BELOW_MINIMUM: "The order is below its minimum value.",
    Why.USED_UP: "It was used as often as it may be.",
    Why.USED_BY_CLIENT: "This customer used it as often as one customer may.",
    Why.OUTBID: "It does not stack with others, and what applies instead saves at least as much.",
    Why.SAVES_NOTHING: "Nothing is left that it could take off.",
}
"""The same for people; it ends up in messages."""

ABOUT_LINES = frozenset({Why.NO_ITEMS, Why.BELOW_MINIMUM})
"""What nobody can tell before the lines are right."""
USED = frozenset({Why.USED_UP, Why.USED_BY_CLIENT})
"""What other orders bring about."""
LATER = frozenset({Why.OUTBID, Why.SAVES_NOTHING})
"""What comes of several rules together: no mistake of the one who gave the voucher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A trade discount as the engine sees it. In the six dimensions None asks for nothing; an empty set is met by
    nobody. `channels` are kinds of channels, `stores` single channels, `voucher` is in capitals. `used` counts the
    orders that use it, `used_by_client` those of this customer, both without the order that is looked at.
    """

    id: UUID
    name: str
    formal: Formal
    value: Decimal
    starts_at: datetime
    ends_at: datetime | None = None
    currency: str | None = None
    minimum: Decimal | None = None
    voucher: str | None = None
    clients: Ids | None = None
    client_groups: Ids | None = None
    items: Ids | None = None
    item_groups: Ids | None = None
    channels: frozenset[str] | None = None
    stores: Ids | None = None
    limit_total: int | None = None
    limit_per_client: int | None = None
    used: int = 0
    used_by_client: int = 0
    stacks: bool = True
    priority: int = 0
    active: bool = True

    @property
    def limited(self) -> bool:
        return self.limit_total is not None or self.limit_per_client is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """A line before discounts: its net amount, and the groups of its product, those above included."""

    position: int
    net: Decimal
    variant_id: UUID | None = None
    groups: Ids = NO_IDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who buys what when where. `channel` is the kind, `store` the channel itself; `vouchers` are in capitals.

    Rules that apply by themselves are judged at `at`, vouchers at `entered_at` (None: the same). Rules in
    `accepted` had theirs entered before, when it was valid: no time bars them any more.
    """

    at: datetime
    currency: str
    channel: str
    store: UUID
    customer: UUID | None = None
    customer_groups: Ids = NO_IDS
    vouchers: frozenset[str] = frozenset()
    entered_at: datetime | None = None
    accepted: Ids = NO_IDS


def voucher_key(code: str) -> str:
    """Voucher codes are the same in any case, and with spaces around them."""
    return code.strip().upper()


def covers(rule: Rule, line: BasketLine) -> bool:
    """Whether the rule is for this line: both its items and its item groups, where it names some."""
    of_items = rule.items is None or line.variant_id in rule.items
    return line.net > 0 and of_items and (rule.item_groups is None or not line.groups.isdisjoint(rule.item_groups))


def why_not(rule: Rule, lines: Collection[BasketLine], context: Context) -> Why | None:
    """The first thing that bars the rule from this order, or None. The minimum is compared with the net amount of all
    lines before any discount."""
    at = _judged_at(rule, context)
    checks = (
        (not rule.active, Why.INACTIVE),
        (at is not None and at < rule.starts_at, Why.NOT_STARTED),
        (at is not None and rule.ends_at is not None and at >= rule.ends_at, Why.EXPIRED),
        (rule.voucher is not None and rule.voucher not in context.vouchers, Why.VOUCHER_MISSING),
        (rule.currency not in (None, context.currency), Why.WRONG_CURRENCY),
        (rule.channels is not None and context.channel not in rule.channels, Why.WRONG_CHANNEL),
        (rule.stores is not None and context.store not in rule.stores, Why.WRONG_CHANNEL),
        (rule.clients is not None and context.customer not in rule.clients, Why.OTHER_CLIENT),
        (
            rule.client_groups is not None and rule.client_groups.isdisjoint(context.customer_groups),
            Why.OTHER_CLIENT,
        ),
        (not any(covers(rule, line) for line in lines), Why.NO_ITEMS),
        (rule.minimum is not None and total_of(line.net for line in lines) < rule.minimum, Why.BELOW_MINIMUM),
        (rule.limit_total is not None and rule.used >= rule.limit_total, Why.USED_UP),
        (rule.limit_per_client is not None and rule.used_by_client >= rule.limit_per_client, Why.USED_BY_CLIENT),
    )
    return next((why for barred, why in checks if barred), None)


def _judged_at(rule: Rule, context: Context) -> datetime | None:
    """When the rule must hold; None: whenever."""
    if rule.voucher is None:
        return context.at
    return None if rule.id in context.accepted else context.entered_at or context.at
