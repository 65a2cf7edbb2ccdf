"""Trade discounts, vouchers, and what they saved."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.discounts import models as discounts
from domain.reads import discount_rows
from domain.reads.rows import AnyRow

from .channel import Channel
from .customer import Customer
from .ids import gid
from .money import Money, money, plain
from .page import PageInfo
from .refusals import Invalid, NotFound, StaleVersion

VERSION = "Refuses where somebody changed the rule after this version; null asks for no check."


@strawberry.enum(description="What the value of a rule is: the guide's formal. AMOUNT is its 0, PERCENT its 1.")
class Formal(Enum):
    AMOUNT = discounts.Formal.AMOUNT
    PERCENT = discounts.Formal.PERCENT


@strawberry.enum(description="Where a rule stands now.")
class TradeDiscountState(Enum):
    SCHEDULED = discounts.RuleState.SCHEDULED
    RUNNING = discounts.RuleState.RUNNING
    ENDED = discounts.RuleState.ENDED
    OFF = discounts.RuleState.OFF
    ARCHIVED = discounts.RuleState.ARCHIVED


@strawberry.type(
    description="A rule that takes something off orders that are entered here. It applies where every list that is not "
    "empty fits; an empty list asks for nothing. Amounts are without tax."
)
class TradeDiscount:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    name: str = attribute("For people; it is kept in the log as it was then.")
    starts_at: datetime = attribute("From when it holds.")
    ends_at: datetime | None = attribute("Before when; null: without end.")
    formal: Formal = attribute("What the value is.")
    value: Decimal = attribute("In percent, or in the currency.")
    currency: str | None = attribute("Of value and minimum: it applies to orders in it; null: to any.")
    minimum_order_value: Decimal | None = attribute("What the order's lines must come to, before discounts and tax.")
    voucher: str | None = attribute("The code that must be entered; null: it applies by itself.")
    clients: list[strawberry.ID] = attribute("Customers; at most 5,000.", size=5)
    client_groups: list[str] = attribute("Slugs of customer groups; at most 200.", size=5)
    items: list[str] = attribute("SKUs; at most 5,000.", size=5)
    item_groups: list[str] = attribute("Slugs of product groups, their subgroups included; at most 200.", size=5)
    channels: list[str] = attribute("Kinds of channels, such as portal or woocommerce; at most 50.", size=5)
    stores: list[str] = attribute("Slugs of single channels; at most 1,000.", size=5)
    limit_total: int | None = attribute("How many orders may use it.")
    limit_per_client: int | None = attribute("How many orders of one customer.")
    stacks: bool = attribute("Whether it applies along with others; else alone.")
    priority: int = attribute("Breaks ties, and puts amounts in order: the higher one first.")
    active: bool = attribute("false: switched off.")
    state: TradeDiscountState = attribute("Where it stands now.")
    used: int = attribute("How many orders use it.")
    uses_left: int | None = attribute("How many more may; null: without limit in all.")
    version: int = attribute("Grows with every change.")
    created_at: datetime = attribute("When it was made.")
    updated_at: datetime = attribute("When it was last changed.")
    archived_at: datetime | None = attribute("Since when it is out of use for good.")


@strawberry.input(
    description="A whole rule: new, or with an id in place of what that rule said. A list that is null or left out "
    "asks for nothing and means all; an empty one is refused (EMPTY). What orders got already stays theirs."
)
class TradeDiscountInput:
    id: strawberry.ID | None = optional("Which rule to write anew; null makes one.")
    expected_version: int | None = optional(VERSION)
    name: str = strawberry.field(description="At most 200 characters.")
    starts_at: datetime = strawberry.field(description="From when it holds.")
    ends_at: datetime | None = optional("Before when, after the start; null: without end.")
    formal: Formal = strawberry.field(description="AMOUNT (0) or PERCENT (1).")
    value: Decimal = strawberry.field(
        description="Above 0, two places; a percentage at most 100, an amount at most 10^12."
    )
    currency: str | None = optional("ISO 4217; needed for an amount or a minimum.")
    minimum_order_value: Decimal | None = optional("Above 0, two places, without tax; null: none.")
    voucher: str | None = optional("3 to 50 letters, digits, - and _, in any case; null: it applies by itself.")
    clients: list[strawberry.ID] | None = optional("Customers; at most 5,000.")
    client_groups: list[str] | None = optional("Slugs; at most 200.")
    items: list[str] | None = optional("SKUs; at most 5,000.")
    item_groups: list[str] | None = optional("Slugs; subgroups are included; at most 200.")
    channels: list[str] | None = optional("Kinds of channels: manual, api, portal, pre_order, woocommerce...")
    stores: list[str] | None = optional("Slugs of single channels; at most 1,000.")
    limit_total: int | None = optional("1 to 100,000 orders; null: no limit.")
    limit_per_client: int | None = optional("1 to 100,000 orders of one customer; null: no limit.")
    stacks: bool = strawberry.field(default=True, description="false: it applies alone, where that saves more.")
    priority: int = strawberry.field(default=0, description="-1,000 to 1,000.")
    active: bool = strawberry.field(default=True, description="false: switched off.")


@strawberry.input(description="A rule to take out of use for good.")
class TradeDiscountArchiveInput:
    id: strawberry.ID = strawberry.field(description="The rule.")
    expected_version: int | None = optional(VERSION)


@strawberry.input(description="Which rules; all that is given must hold.")
class TradeDiscountFilter:
    state: list[TradeDiscountState] | None = optional("Any of these; null: all that are not archived.")
    search: str | None = optional("A part of the name, or a whole voucher; at most 200 characters.")


@strawberry.type(description="A rule on a page.")
class TradeDiscountEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: TradeDiscount = attribute("The rule.")


@strawberry.type(description="A page of rules, newest first.")
class TradeDiscountConnection:
    edges: list[TradeDiscountEdge] = attribute("The rules.")
    page_info: PageInfo = attribute("What is before and after.")


@strawberry.type(description="What a rule took off a line of an order: omni_log_discount. Amounts are without tax.")
class DiscountLogEntry:
    id: strawberry.ID = attribute("Our id.")
    at: datetime = attribute("When the order was placed.")
    order_id: strawberry.ID = attribute("The order.")
    rule_id: strawberry.ID = attribute("The rule.")
    rule_name: str = attribute("Its name then.")
    voucher: str | None = attribute("Its voucher.")
    customer: Customer | None = attribute("Who bought.")
    channel: Channel = attribute("Where.")
    sku: str | None = attribute("The product.")
    quantity: Decimal = attribute("How many.")
    original: Money = attribute("The line's amount before this rule.")
    after: Money = attribute("The line's amount after it.")
    saved: Money = attribute("What it took off.")


@strawberry.input(description="Which entries of the log; all that is given must hold.")
class DiscountLogFilter:
    rule: strawberry.ID | None = optional("Of this rule.")
    order: strawberry.ID | None = optional("Of this order.")
    customer: strawberry.ID | None = optional("Of this customer.")
    channel: list[str] | None = optional("Slugs; any of these.")
    voucher: str | None = optional("Of this voucher, in any case.")
    from_: datetime | None = strawberry.field(name="from", default=None, description="At this time or later.")
    to: datetime | None = optional("Before this time.")


@strawberry.type(description="An entry on a page.")
class DiscountLogEdge:
    cursor: str = attribute("Where it stands; opaque.")
    node: DiscountLogEntry = attribute("The entry.")


@strawberry.type(description="A page of the log, newest first.")
class DiscountLogConnection:
    edges: list[DiscountLogEdge] = attribute("The entries.")
    page_info: PageInfo = attribute("What is before and after.")


TradeDiscountResult = Annotated[
    TradeDiscount | Invalid | NotFound | StaleVersion,
    strawberry.union("TradeDiscountResult", description="A rule, or why not."),
]


def make_discount(row: AnyRow, now: datetime, names: Mapping[str, Mapping[UUID, str]]) -> TradeDiscount:
    """The rule of a row; `names` by dimension, for those that were asked for. Uses are filled in apart."""

    def called(dimension: str) -> list[str]:
        known = names.get(dimension, {})
        return [known[key] for key in getattr(row, dimension) if key in known]

    state = discount_rows.state_of(row.starts_at, row.ends_at, row.active, row.archived_at is not None, now)
    return TradeDiscount(
        key=row.id,
        id=gid(row.id),
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        formal=Formal(row.formal),
        value=plain(row.value),
        currency=row.currency,
        minimum_order_value=row.minimum_order_value,
        voucher=row.voucher,
        clients=[gid(key) for key in row.clients],
        client_groups=called("client_groups"),
        items=called("items"),
        item_groups=called("item_groups"),
        channels=list(row.channels),
        stores=called("stores"),
        limit_total=row.limit_total,
        limit_per_client=row.limit_per_client,
        stacks=row.stacks,
        priority=row.priority,
        active=row.active,
        state=TradeDiscountState(state),
        used=0,
        uses_left=None,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        archived_at=row.archived_at,
    )


def make_log_entry(row: AnyRow, customer: Customer | None, channel: Channel | None) -> DiscountLogEntry:
    return DiscountLogEntry(
        id=gid(row.id),
        at=row.at,
        order_id=gid(row.order_id),
        rule_id=gid(row.rule_id),
        rule_name=row.rule_name,
        voucher=row.voucher,
        customer=customer,
        channel=channel,  # type: ignore[arg-type]  # missing only where it is not selected
        sku=row.sku,
        quantity=plain(row.quantity),
        original=money(row.original, row.currency),
        after=money(row.after, row.currency),
        saved=money(row.saved, row.currency),
    )
