"""Orders of a person who was erased come without personal data, however often their channel tells of them again.

But for one that still has to be delivered: whoever packs it needs the address. It is imported whole, as another
customer's, who is erased like any other once it is at its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from domain.channels.vocabulary import ChannelRules
from domain.intake.erased import without_person
from domain.intake.external import Known
from domain.intake.models import ExternalOrder
from domain.intake.purge import purge_items
from domain.intake.types import IncomingOrder
from domain.kernel.clock import utc_now
from domain.orders.models import Order
from domain.privacy.marks import email_mark, phone_mark, ref_mark
from domain.privacy.models import ErasureMark

from .import_judge import Arrival
from .import_resolve import buyer_of
from .privacy.erase import ENDED


@dataclass(frozen=True, slots=True)
class Erased:
    """Arrivals whose buyer was erased, by item; with the customer, where the order is new here."""

    customers: Mapping[UUID, UUID | None] = field(default_factory=dict)

    def __contains__(self, item_id: UUID) -> bool:
        return item_id in self.customers

    def customer_of(self, item_id: UUID) -> UUID | None:
        return self.customers.get(item_id)


async def find_erased(
    session: AsyncSession, rules: ChannelRules, arrivals: Sequence[Arrival], known: Mapping[str, Known]
) -> Erased:
    """Those whose order was erased here; and orders that are new here and at their end, but were placed before their
    buyer was erased. What is open, and what the person buys afterwards, is another matter.
    """
    found: dict[UUID, UUID | None] = {
        arrival.item_id: None for arrival in arrivals if known[arrival.order.external_id].erased
    }
    new = {
        arrival.item_id: arrival
        for arrival in arrivals
        if arrival.item_id not in found
        and known[arrival.order.external_id].order_id is None
        and _needs_nobody(rules, arrival.order.status)
    }
    marks = {item_id: _marks(rules.channel.id, arrival) for item_id, arrival in new.items()}
    wanted = sorted({mark for theirs in marks.values() for mark in theirs})
    if wanted:
        rows = await session.scalars(
            select(ErasureMark).where(ErasureMark.mark == any_(literal(wanted, ARRAY(Text()))))
        )
        by_mark = {row.mark: row for row in rows}
        for item_id, arrival in new.items():
            for mark in marks[item_id]:
                erased = by_mark.get(mark)
                if erased is not None and arrival.order.placed_at <= erased.erased_at:
                    found[item_id] = erased.customer_id
    return Erased(found)


def _needs_nobody(rules: ChannelRules, word: str) -> bool:
    """Whether nothing is to be done for an order with the store's status. One that has no meaning yet may be open."""
    return word in rules.ignored or rules.statuses_in.get(word) in ENDED


def _marks(channel_id: UUID, arrival: Arrival) -> list[str]:
    order = arrival.order
    emails = {order.customer.email, *(side.email for side in (order.billing, order.shipping) if side is not None)}
    marks = [email_mark(email) for email in sorted(emails) if email.strip()]
    if order.customer.external_id is not None:
        marks.append(ref_mark(channel_id, order.customer.external_id))
    return marks or _phone_marks(order)


def _phone_marks(order: IncomingOrder) -> list[str]:
    """Of who gave a telephone number alone."""
    buyer, side = buyer_of(order), order.billing or order.shipping
    people = {(buyer.phone, buyer.name), *([(side.phone, side.name)] if side is not None else [])}
    return [mark for phone, name in sorted(people) if (mark := phone_mark(phone, name)) is not None]


def left_out(arrivals: Sequence[Arrival], erased: Erased) -> list[Arrival]:
    """The arrivals as they are imported."""
    return [
        replace(arrival, order=without_person(arrival.order)) if arrival.item_id in erased else arrival
        for arrival in arrivals
    ]


async def keep_erased(
    session: AsyncSession, channel_id: UUID, erased: Erased, made: Mapping[UUID, UUID | None]
) -> None:
    """Marks the orders (`made` gives them by item), and throws the bodies away of the items that are settled."""
    if not erased.customers:
        return
    new = [order_id for item_id in erased.customers if (order_id := made.get(item_id)) is not None]
    if new:
        await session.execute(
            update(Order).where(Order.id.in_(new), Order.erased_at.is_(None)).values(erased_at=utc_now()),
            execution_options={"synchronize_session": False},
        )
        await session.execute(
            update(ExternalOrder)
            .where(ExternalOrder.channel_id == channel_id, ExternalOrder.order_id.in_(new))
            .values(erased=True),
            execution_options={"synchronize_session": False},
        )
    await purge_items(session, list(erased.customers))
