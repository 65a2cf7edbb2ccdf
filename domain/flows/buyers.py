"""Whose order it is, when a person or a program enters it: by id, else by e-mail, else somebody new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.match import Buyer, SeveralMatch, customer_row, load_customers, lock_new_buyers
from domain.customers.models import Customer
from domain.customers.upsert import EMAIL
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCustomer:
    """The customer as told with an order: an id, or enough to find or make one."""

    TEXTS: ClassVar[Mapping[str, str]] = {"name": "name", "email": "email", "phone": "phone", "tax_id": "taxId"}

    id: UUID | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class FoundBuyer:
    """The customer's id, and the row to write when it is new; or what is wrong."""

    customer_id: UUID | None = None
    new_rows: Sequence[Mapping[str, Any]] = ()
    problems: Sequence[Problem] = field(default=())


async def find_buyer(
    session: AsyncSession,
    actor: Actor,
    channel_id: UUID,
    told: OrderCustomer,
    address: Mapping[str, str | None] | None,
) -> FoundBuyer:
    """Finds the customer, or prepares a new one, who is named after the address if no name was told. Whoever has a
    limited view does not meet those out of it: their new customer stands apart (`Customer.apart`).
    """
    if told.id is not None:
        return await _by_id(session, told.id)
    if told.email is not None and not EMAIL.fullmatch(told.email.strip()):
        return _wrong("email", "BAD_EMAIL", f"{told.email} is no e-mail address.")
    buyer = Buyer(
        external_id=None,
        name=(told.name or "").strip() or ((address or {}).get("name") or "").strip(),
        email=told.email or "",
        phone=told.phone or "",
        company=((address or {}).get("company") or "").strip(),
        tax_id=told.tax_id or "",
    )
    known = await _by_email(session, channel_id, buyer) if buyer.mail_key else None
    if isinstance(known, SeveralMatch):
        return _wrong("email", "AMBIGUOUS", f"{known.count} customers have {known.email}. Give the customer's id.")
    if known is not None:
        return FoundBuyer(known)
    if not (buyer.name or buyer.mail_key):
        return _wrong("name", "MISSING", "Give the customer's id, e-mail or name.")
    customer_id = new_id()
    apart = not actor.scope.everything
    return FoundBuyer(customer_id, [customer_row(customer_id, buyer, utc_now(), apart=apart)])


async def _by_id(session: AsyncSession, customer_id: UUID) -> FoundBuyer:
    found = (await session.execute(select(Customer.id, Customer.erased_at).where(Customer.id == customer_id))).first()
    if found is None:
        return _wrong("id", "UNKNOWN_CUSTOMER", f"There is no customer {customer_id}.")
    if found.erased_at is not None:
        return _wrong("id", "ERASED", "This customer's personal data were erased. Enter the person anew.")
    return FoundBuyer(customer_id)


async def _by_email(session: AsyncSession, channel_id: UUID, buyer: Buyer) -> UUID | SeveralMatch | None:
    """Looks, and if there is none looks again under a lock, so that two orders of a new buyer make one customer."""
    known = (await load_customers(session, channel_id, [buyer])).find(buyer)
    if known is not None:
        return known
    await lock_new_buyers(session, channel_id, [buyer])
    return (await load_customers(session, channel_id, [buyer])).find(buyer)


def _wrong(name: str, code: str, message: str) -> FoundBuyer:
    return FoundBuyer(problems=[Problem(("customer", name), code, message)])
