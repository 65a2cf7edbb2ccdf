"""A person is erased (spec SEC-4): the customer at once, what hangs on the orders in batches afterwards.

What the law demands stays: orders keep what was bought, amounts, taxes and the country; issued invoices keep their
buyer until `domain.flows.retention` lets them go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record as audit
from domain.customers.models import Customer, CustomerGroupMember, CustomerRef
from domain.intake.models import InboxItem, InboxState
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.locks import lock_names
from domain.kernel.outbox import enqueue
from domain.kernel.refusals import NotFound, invalid
from domain.kernel.texts import check_text
from domain.orders.models import Order
from domain.orders.status import Status
from domain.pricing.models import PriceListMember
from domain.privacy.errors import OpenOrder, OrdersOpen
from domain.privacy.marks import email_mark, phone_mark, ref_mark
from domain.privacy.models import Erasure, ErasureMark
from domain.privacy.scrub import words_of

from .remember import remember_marks

CONSUMER = "erase_person"
"""Who carries it out."""
NAME = "Erased customer"
SHOWN = 50
ENDED = frozenset(
    {
        Status.DELIVERED,
        Status.CANCELLED,
        Status.REFUND,
        Status.RETURN,
        Status.PARTIAL_RETURN,
        Status.PARTIAL_REFUND,
    }
)
"""Orders in these need nobody's address any more."""
_NOT_SETTLED = (InboxState.RECEIVED, InboxState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePerson:
    """`reason` is kept: who asked for it, and when. It must not name the person."""

    customer_id: UUID
    reason: str


async def erase_person(session: AsyncSession, actor: Actor, command: ErasePerson) -> Erasure:
    """Takes the person out of the customer, and asks for the rest. A repeat is answered with the first.

    Raises Invalid for a reason that is none, NotFound, and OrdersOpen.
    """
    reason = command.reason.strip()
    check_text("reason", reason)
    if not reason:
        raise invalid(("reason",), "EMPTY", "Say why, such as the date of the person's request.")
    earlier = await erasure_of(session, command.customer_id)
    if earlier is not None:
        return earlier
    await _lock(session, command.customer_id)
    customer = await session.get(Customer, command.customer_id, with_for_update=True, populate_existing=True)
    if customer is None:
        raise NotFound("customer", command.customer_id, path=("customer",))
    if customer.erased_at is not None:
        found = await erasure_of(session, customer.id)
        assert found is not None, "an erased customer has its erasure"
        return found
    await _refuse_if_needed(session, customer)
    erasure = Erasure(
        id=new_id(),
        customer_id=customer.id,
        reason=reason,
        actor=actor.label,
        requested_at=utc_now(),
        orders=0,
        words=_words(customer),
    )
    session.add(erasure)
    await _mark(session, customer, erasure)
    await _blank(session, customer, erasure)
    audit(session, actor, "customer.erase", "customer", customer.id, after={"reason": reason})
    await enqueue(session, CONSUMER, f"customer:{customer.id}", {"erasure_id": str(erasure.id)})
    await session.flush()
    return erasure


async def erase_by_external(
    session: AsyncSession, actor: Actor, channel_id: UUID, external_id: str, reason: str
) -> Erasure | None:
    """The same for a customer as a channel names them (a store's redaction request); None for one that nobody knows."""
    found = await session.scalar(
        select(CustomerRef.customer_id).where(
            CustomerRef.channel_id == channel_id, CustomerRef.external_id == external_id
        )
    )
    if found is None:
        found = await session.scalar(
            select(ErasureMark.customer_id).where(ErasureMark.mark == ref_mark(channel_id, external_id))
        )
    return None if found is None else await erase_person(session, actor, ErasePerson(customer_id=found, reason=reason))


async def erasure_of(session: AsyncSession, customer_id: UUID) -> Erasure | None:
    """The customer's erasure."""
    return await session.scalar(select(Erasure).where(Erasure.customer_id == customer_id))


async def _lock(session: AsyncSession, customer_id: UUID) -> None:
    """The names under which imports make or find this buyer, so that none brings an order in between."""
    email = await session.scalar(select(Customer.email).where(Customer.id == customer_id))
    refs = await _refs(session, customer_id)
    names = [f"customer:{ref.channel_id}:{ref.external_id}" for ref in refs]
    await lock_names(session, [*names, *([f"customer:{email}"] if email else [])])


async def _refs(session: AsyncSession, customer_id: UUID) -> Sequence[CustomerRef]:
    return (await session.scalars(select(CustomerRef).where(CustomerRef.customer_id == customer_id))).all()


async def _refuse_if_needed(session: AsyncSession, customer: Customer) -> None:
    where = (Order.customer_id == customer.id, Order.status.not_in(ENDED), Order.test.is_(False))
    count = await session.scalar(select(func.count()).select_from(Order).where(*where)) or 0
    rows = await session.execute(
        select(Order.id, Order.number, Order.status).where(*where).order_by(Order.number).limit(SHOWN)
    )
    waiting = 0
    if customer.email:
        text = func.lower(func.encode(InboxItem.body, "escape"))
        waiting = (
            await session.scalar(
                select(func.count()).where(
                    InboxItem.state.in_(_NOT_SETTLED), func.strpos(text, customer.email.lower()) > 0
                )
            )
            or 0
        )
    if count or waiting:
        raise OrdersOpen([OpenOrder(row.id, row.number, row.status) for row in rows], count, waiting)


def _words(customer: Customer) -> dict[str, list[str]]:
    fields = ("name", "email", "phone", "company", "tax_id")
    return words_of({name: getattr(customer, name) for name in fields}).as_json()


async def _mark(session: AsyncSession, customer: Customer, erasure: Erasure) -> None:
    marks = {ref_mark(ref.channel_id, ref.external_id) for ref in await _refs(session, customer.id)}
    if customer.email:
        marks.add(email_mark(customer.email))
    if customer.phone and (mark := phone_mark(customer.phone, customer.name)) is not None:
        marks.add(mark)
    await remember_marks(session, customer.id, erasure.requested_at, marks)


async def _blank(session: AsyncSession, customer: Customer, erasure: Erasure) -> None:
    customer.name = NAME
    customer.email = customer.phone = customer.company = customer.tax_id = customer.metafields = None
    customer.erased_at = customer.updated_at = erasure.requested_at
    customer.version += 1
    for model in (CustomerRef, CustomerGroupMember, PriceListMember):
        await session.execute(delete(model).where(model.customer_id == customer.id))
