"""What the words of incoming orders mean for us: statuses, payment kinds, products, buyers, and what is in the way.

Everything that orders speak of is loaded in a few statements for all of them; the rest is pure. All causes of an order
are named at once (spec SYN-2), so that a person mends it in one go.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.listings import Catalog, load_catalog
from domain.channels.models import Channel, PaymentKind
from domain.channels.rules import method_allowed
from domain.channels.vocabulary import ChannelRules
from domain.customers.match import Buyer, Known, SeveralMatch, load_customers, lock_new_buyers
from domain.intake.causes import (
    Cause,
    ambiguous_customer,
    channel_disabled,
    payment_not_allowed,
    unknown_sku,
    unknown_variant,
    unmapped_payment_method,
    unmapped_status,
)
from domain.intake.types import IncomingLine, IncomingOrder
from domain.orders.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which parts of an order are to be understood; of a change, only what the channel changed."""

    order: IncomingOrder
    lines: Sequence[IncomingLine]
    status: bool = True
    payment_method: bool = True
    buyer: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """What there is of all that the orders speak of. `buyers` grows with those that these orders bring."""

    rules: ChannelRules
    catalog: Catalog
    buyers: Known


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an order means for us. `causes` are in the way; without them the rest holds.

    `ignored` is the reason why its status leaves it out. `customer_id` is None where the buyer is new.
    """

    causes: tuple[Cause, ...] = ()
    ignored: str | None = None
    status: Status | None = None
    payment_kind: PaymentKind | None = None
    variants: dict[str, UUID | None] = field(default_factory=dict)
    learnt: tuple[tuple[str, UUID], ...] = ()
    customer_id: UUID | None = None


async def load_world(session: AsyncSession, rules: ChannelRules, wanted: Collection[Wanted]) -> World:
    """Loads it in two statements; two more when there are buyers that nobody knows, which are locked first."""
    lines = [line for one in wanted for line in one.lines]
    catalog = await load_catalog(
        session,
        rules.channel.id,
        {line.variant for line in lines if line.variant},
        {line.sku.strip() for line in lines if line.sku},
    )
    buyers = [buyer_of(one.order) for one in wanted if one.buyer]
    known = await load_customers(session, rules.channel.id, buyers) if buyers else Known()
    strangers = [buyer for buyer in buyers if known.find(buyer) is None]
    if any(buyer.external_id or buyer.mail_key for buyer in strangers):
        await lock_new_buyers(session, rules.channel.id, strangers)
        known = await load_customers(session, rules.channel.id, buyers)
    return World(rules, catalog, known)


def understand(world: World, wanted: Wanted) -> Meaning:
    """What the order means in this world."""
    order, rules = wanted.order, world.rules
    if wanted.status and order.status in rules.ignored:
        return Meaning(ignored=rules.ignored[order.status])
    status = rules.statuses_in.get(order.status) if wanted.status else None
    kind = rules.payment_methods.get(order.payment_method)
    buyer = world.buyers.find(buyer_of(order)) if wanted.buyer else None
    variants = {line.external_id: world.catalog.find(line.variant, line.sku) for line in wanted.lines}
    return Meaning(
        causes=tuple(_causes(wanted, rules.channel, status, kind, buyer, variants)),
        status=status,
        payment_kind=kind,
        variants=variants,
        learnt=tuple(_learnt(world.catalog, wanted.lines, variants)),
        customer_id=buyer if isinstance(buyer, UUID) else None,
    )


def buyer_of(order: IncomingOrder) -> Buyer:
    """The buyer, by the name on the bill or the parcel where the channel gives none."""
    customer = order.customer
    addresses = [address for address in (order.billing, order.shipping) if address is not None]
    return Buyer(
        external_id=customer.external_id,
        name=customer.name or next((address.name for address in addresses if address.name), ""),
        email=customer.email,
        phone=customer.phone,
        company=customer.company,
        tax_id=customer.tax_id,
    )


def _causes(
    wanted: Wanted,
    channel: Channel,
    status: Status | None,
    kind: PaymentKind | None,
    buyer: UUID | SeveralMatch | None,
    variants: dict[str, UUID | None],
) -> Iterator[Cause]:
    order = wanted.order
    if not channel.enabled:
        yield channel_disabled()
    if wanted.status and status is None:
        yield unmapped_status(order.status)
    if wanted.payment_method and order.payment_method and kind is None:
        yield unmapped_payment_method(order.payment_method)
    if wanted.payment_method and not method_allowed(order.payment_method, channel.allowed_payment_methods):
        yield payment_not_allowed(order.payment_method)
    if isinstance(buyer, SeveralMatch):
        yield ambiguous_customer(buyer.email, buyer.count)
    yield from {cause.key: cause for cause in _unknown_products(wanted.lines, variants)}.values()


def _unknown_products(lines: Sequence[IncomingLine], variants: dict[str, UUID | None]) -> Iterator[Cause]:
    """A line whose product is gone there (no id, no SKU) is in nobody's way: it is kept by its name."""
    for line in lines:
        if variants[line.external_id] is not None:
            continue
        if line.sku and line.sku.strip():
            yield unknown_sku(line.sku.strip())
        elif line.variant is not None:
            yield unknown_variant(line.variant, line.name)


def _learnt(
    catalog: Catalog, lines: Sequence[IncomingLine], variants: dict[str, UUID | None]
) -> Iterator[tuple[str, UUID]]:
    for line in lines:
        variant_id = variants[line.external_id]
        if line.variant is not None and variant_id is not None and line.variant not in catalog.by_listing:
            yield line.variant, variant_id
