"""Finding the buyers of imported orders, or making them (spec SYN-6): by the channel's id, then by e-mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Text, bindparam, false, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.locks import lock_names

from .models import Customer, CustomerRef

_KNOWN: CompoundSelect[Any] = union_all(
    select(
        CustomerRef.external_id,
        literal(None, Text()).label("email"),
        CustomerRef.customer_id.label("customer_id"),
        false().label("apart"),
    )
    .where(CustomerRef.channel_id == bindparam("channel"))
    .where(CustomerRef.external_id == bindparam("external_ids", type_=ARRAY(Text())).any_()),
    select(null(), Customer.email, Customer.id, Customer.apart).where(
        Customer.email == bindparam("emails", type_=ARRAY(Text())).any_(), Customer.email.is_not(None)
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A buyer as an order tells: `external_id` is the channel's (None for guests); unknown texts are empty."""

    external_id: str | None
    name: str
    email: str
    phone: str
    company: str
    tax_id: str

    @property
    def mail_key(self) -> str:
        """The e-mail as customers are matched by it; empty when there is none."""
        return self.email.strip().lower()


@dataclass(frozen=True, slots=True)
class SeveralMatch:
    """More than one customer has the e-mail, so nobody can tell whose order this is."""

    email: str
    count: int


@dataclass(slots=True)
class Known:
    """Customers of a channel by its ids, and of the house by e-mail."""

    by_ref: dict[str, UUID] = field(default_factory=dict)
    by_email: dict[str, set[UUID]] = field(default_factory=dict)

    def find(self, buyer: Buyer) -> UUID | SeveralMatch | None:
        """The customer, if there is exactly one."""
        if buyer.external_id is not None and (known := self.by_ref.get(buyer.external_id)):
            return known
        same_email = self.by_email.get(buyer.mail_key, set())
        if len(same_email) > 1:
            return SeveralMatch(buyer.mail_key, len(same_email))
        return next(iter(same_email), None)

    def add(self, buyer: Buyer, customer_id: UUID) -> None:
        if buyer.external_id is not None:
            self.by_ref[buyer.external_id] = customer_id
        if buyer.mail_key:
            self.by_email.setdefault(buyer.mail_key, set()).add(customer_id)


async def load_customers(session: AsyncSession, channel_id: UUID, buyers: Sequence[Buyer]) -> Known:
    """What is known of these buyers, in one statement. A customer who stands apart is met by e-mail where nobody
    else has it; of several, the first.
    """
    known = Known()
    parameters = {
        "channel": channel_id,
        "external_ids": [buyer.external_id for buyer in buyers if buyer.external_id is not None],
        "emails": [buyer.mail_key for buyer in buyers if buyer.mail_key],
    }
    standing_apart: list[tuple[UUID, str]] = []
    for external_id, email, customer_id, apart in await session.execute(_KNOWN, parameters):
        if apart:
            standing_apart.append((customer_id, email))
        elif external_id is None:
            known.by_email.setdefault(email, set()).add(customer_id)
        else:
            known.by_ref[external_id] = customer_id
    for customer_id, email in sorted(standing_apart):
        known.by_email.setdefault(email, {customer_id})
    return known


async def lock_new_buyers(session: AsyncSession, channel_id: UUID, buyers: Sequence[Buyer]) -> None:
    """Before buyers are made: of two imports that bring one new buyer at once, the second then finds the first's.

    Look again with `load_customers` after this.
    """
    emails = [f"customer:{buyer.mail_key}" for buyer in buyers if buyer.mail_key]
    refs = [f"customer:{channel_id}:{buyer.external_id}" for buyer in buyers if buyer.external_id is not None]
    await lock_names(session, [*emails, *refs])


def customer_row(customer_id: UUID, buyer: Buyer, now: datetime, *, apart: bool = False) -> dict[str, Any]:
    """A new customer as a row to write; `apart` as in `Customer`."""
    return {
        "id": customer_id,
        "name": buyer.name or buyer.company or buyer.mail_key or buyer.phone or "Guest",
        "email": buyer.mail_key or None,
        "phone": buyer.phone or None,
        "company": buyer.company or None,
        "tax_id": buyer.tax_id or None,
        "apart": apart,
        "created_at": now,
        "updated_at": now,
    }


async def learn_customers(session: AsyncSession, channel_id: UUID, learnt: Mapping[str, UUID]) -> None:
    """Keeps under which id the channel knows a customer; what is known already stays."""
    if not learnt:
        return
    await session.execute(
        insert(CustomerRef).on_conflict_do_nothing(),
        [
            {"channel_id": channel_id, "external_id": external_id, "customer_id": customer_id}
            for external_id, customer_id in sorted(learnt.items())
        ],
    )
