"""Price lists, and why a price is what it is."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry

from api.graphql.fields import attribute, optional
from domain.pricing import rules

from .customer import Customer, CustomerGroup
from .money import Money
from .page import PageInfo
from .price_source import PriceLevel
from .refusals import Invalid, NotFound, StaleVersion


@strawberry.enum(description="Why a price did not win.")
class PriceLost(StrEnum):
    INACTIVE = rules.Lost.INACTIVE.value
    NOT_YET_VALID = rules.Lost.NOT_YET_VALID.value
    EXPIRED = rules.Lost.EXPIRED.value
    OTHER_AUDIENCE = rules.Lost.OTHER_AUDIENCE.value
    OTHER_CURRENCY = rules.Lost.OTHER_CURRENCY.value
    BELOW_QUANTITY = rules.Lost.BELOW_QUANTITY.value
    BETTER_BREAK = rules.Lost.BETTER_BREAK.value
    LOWER_LEVEL = rules.Lost.LOWER_LEVEL.value
    LOWER_PRIORITY = rules.Lost.LOWER_PRIORITY.value
    HIGHER_PRICE = rules.Lost.HIGHER_PRICE.value
    OLDER_LIST = rules.Lost.OLDER_LIST.value


@strawberry.type(description="Prices for some customers, groups of customers, or channels.")
class PriceList:
    key: strawberry.Private[UUID]
    id: strawberry.ID = attribute("Our id.")
    slug: str = attribute("What orders and imports name it by; unique.")
    name: str = attribute("The name.")
    level: PriceLevel = attribute("For whom it is: customers, groups or channels.")
    currency: str = attribute("ISO 4217; all its prices are in it.")
    priority: int = attribute("Among lists of one level the greater goes first; then the lower price.")
    valid_from: datetime | None = attribute("It holds from this moment on; null: since ever.")
    valid_until: datetime | None = attribute("It holds until before this moment; null: without end.")
    active: bool = attribute("Whether it is switched on.")
    archived_at: datetime | None = attribute("When it was ended for good; null: it was not.")
    version: int = attribute("Grows with every change; named as expectedVersion it guards from overwriting others.")
    customers: list[Customer] = attribute("The customers that it is for; at most 1,000.", size=5)
    groups: list[CustomerGroup] = attribute("The groups of customers that it is for; at most 1,000.", size=2)
    channels: list[str] = attribute("The slugs of the channels that it is for; at most 1,000.", size=2)
    item_count: int = attribute("How many prices it has, each break for itself.")
    created_at: datetime = attribute("When it was made.")
    updated_at: datetime = attribute("When it was last changed.")


@strawberry.type(description="A price list and its place in the list of lists.")
class PriceListEdge:
    cursor: str = attribute("The place, for `after`.")
    node: PriceList = attribute("The price list.")


@strawberry.type(description="A page of price lists.")
class PriceListConnection:
    edges: list[PriceListEdge] = attribute("The price lists of this page.")
    page_info: PageInfo = attribute("Where the page stands.")


@strawberry.type(description="A price of a list.")
class PriceListItem:
    sku: str = attribute("The SKU.")
    name: str = attribute("The product's name.")
    min_quantity: Decimal = attribute("The price holds from this quantity on, up to the next break.")
    unit_price: Money = attribute("Without VAT.")


@strawberry.type(description="A price and its place in its list.")
class PriceListItemEdge:
    cursor: str = attribute("The place, for `after`.")
    node: PriceListItem = attribute("The price.")


@strawberry.type(description="A page of a list's prices.")
class PriceListItemConnection:
    edges: list[PriceListItemEdge] = attribute("The prices of this page.")
    page_info: PageInfo = attribute("Where the page stands.")


@strawberry.input(description="A price list as it shall be; its prices stay. Found or made by its slug.")
class PriceListInput:
    slug: str = strawberry.field(description="Unique: lower-case letters, digits, - and _; 63 at most.")
    name: str = strawberry.field(description="The name; 200 characters at most.")
    currency: str = strawberry.field(description="ISO 4217. Once there are prices it stays.")
    customers: list[str] | None = optional("Ids of the customers that it is for; 1,000 at most.")
    groups: list[str] | None = optional("Slugs of the groups of customers that it is for; 1,000 at most.")
    channels: list[str] | None = optional("Slugs of the channels that it is for; 1,000 at most.")
    priority: int | None = optional("From -1,000 to 1,000; null is 0.")
    valid_from: datetime | None = optional("It holds from this moment on; null: since ever.")
    valid_until: datetime | None = optional("It holds until before this moment; null: without end.")
    active: bool | None = optional("Whether it is switched on; null is true.")
    expected_version: int | None = optional("Refuses where somebody changed the list after this version.")


@strawberry.input(description="A price to write.")
class PriceInput:
    sku: str = strawberry.field(description="The SKU.")
    unit_price: Decimal | None = optional("Without VAT, six decimals at most; null takes the price out of the list.")
    min_quantity: Decimal | None = optional("The price holds from this quantity on; null is 0: from any quantity.")


@strawberry.input(description="Prices to write into a list, 5,000 at most.")
class PriceListItemsInput:
    price_list: str = strawberry.field(description="The list's slug.")
    items: list[PriceInput] = strawberry.field(description="The prices; those that are not named stay.")
    replace: bool | None = optional("True takes out all prices that are not named.")
    expected_version: int | None = optional("Refuses where somebody changed the list after this version.")


@strawberry.input(description="A CSV file of prices for a list; 5,000 at most.")
class PriceListItemsImportInput:
    price_list: str = strawberry.field(description="The list's slug.")
    csv: str = strawberry.field(
        description="Columns sku, unit_price (empty: takes the price out) and, for breaks, min_quantity."
    )
    replace: bool | None = optional("True takes out all prices that the file does not name.")
    expected_version: int | None = optional("Refuses where somebody changed the list after this version.")


@strawberry.type(description="Prices that were written.")
class PriceListItemsSet:
    price_list: PriceList = attribute("The list as it is now.")
    written: int = attribute("How many prices are new or changed.")
    removed: int = attribute("How many were taken out.")


@strawberry.input(description="Whose price of what, when.")
class PriceExplainInput:
    sku: str = strawberry.field(description="The SKU.")
    quantity: Decimal = strawberry.field(description="How many on one line.")
    customer: strawberry.ID | None = optional("The customer's id; null: somebody unknown.")
    channel: str | None = optional("The channel's slug; null: no channel's prices.")
    at: datetime | None = optional("When; null is now.")
    currency: str | None = optional("ISO 4217; null is the channel's, else the product's.")


@strawberry.type(description="A price that there is.")
class PriceCandidate:
    level: PriceLevel = attribute("Whose price it is; STANDARD is the catalogue's.")
    price_list: str | None = attribute("The slug of its list; null for the catalogue's.")
    name: str | None = attribute("The name of its list.")
    min_quantity: Decimal = attribute("It holds from this quantity on.")
    priority: int = attribute("The list's priority.")
    unit_price: Money = attribute("Without VAT.")


@strawberry.type(description="A price that did not win.")
class PriceLoser:
    candidate: PriceCandidate = attribute("The price.")
    lost: PriceLost = attribute("Why, for programs.")
    reason: str = attribute("Why, for people.")


@strawberry.type(description="Which price a customer sees, and why not another.")
class PriceExplanation:
    winner: PriceCandidate | None = attribute("The price; null: there is none, so a line needs one by hand.")
    losers: list[PriceLoser] = attribute("Every other, the nearest to winning first; at most 1,000.", size=5)


PriceListResult = Annotated[
    PriceList | Invalid | NotFound | StaleVersion,
    strawberry.union("PriceListResult", description="A price list, or why not."),
]
PriceListItemsResult = Annotated[
    PriceListItemsSet | Invalid | NotFound | StaleVersion,
    strawberry.union("PriceListItemsResult", description="That prices were written, or why not."),
]
PriceExplainResult = Annotated[
    PriceExplanation | Invalid,
    strawberry.union("PriceExplainResult", description="Which price wins, or what is wrong with the question."),
]
