"""The letters that customers get, written from the order as it is when the mail is sent.

A template is a plain text: its first line is the subject, an empty line follows, then the body. `$words` are filled in.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals.models import ApprovalState
from domain.approvals.queries import last_approval, steps_of
from domain.currency.rules import day_of
from domain.customers.models import Customer
from domain.kernel.money import Money
from domain.orders.models import Order

MAIL = "mail"
"""The consumer that sends them."""
APPROVAL_REJECTED = "approval_rejected"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent. `about` names the occasion: there is one letter of each. `to` None: no address."""

    about: str
    to: str | None
    subject: str
    body: str


Writer = Callable[[AsyncSession, Order], Awaitable[Letter | None]]


async def rejected(session: AsyncSession, order: Order) -> Letter | None:
    """That the order was rejected, and why; None when approval was asked for again meanwhile."""
    approval = await last_approval(session, order.id)
    if approval is None or approval.state is not ApprovalState.REJECTED:
        return None
    steps = await steps_of(session, approval.id)
    reason = next((step.note for step in steps if step.approved is False), None) or ""
    return await _letter(session, order, APPROVAL_REJECTED, f"approval:{approval.number}", {"reason": reason})


WRITERS: Mapping[str, Writer] = {APPROVAL_REJECTED: rejected}
"""By the name that stands in the outbox row."""


async def _letter(session: AsyncSession, order: Order, template: str, about: str, words: Mapping[str, str]) -> Letter:
    customer = await session.get(Customer, order.customer_id) if order.customer_id is not None else None
    billing = order.billing or {}
    known = {
        "number": str(order.number),
        "name": (customer.name if customer else None) or billing.get("name") or "customer",
        "day": f"{day_of(order.placed_at):%d.%m.%Y}",
        "total": str(Money(order.total, order.currency)),
        **words,
    }
    to = (customer.email if customer else None) or billing.get("email")
    return filled(template, about=about, to=to, words=known)


def filled(template: str, *, about: str, to: str | None, words: Mapping[str, str]) -> Letter:
    """The letter of a template, with its words filled in."""
    subject, _, body = _template(template).partition("\n\n")
    return Letter(
        about=about,
        to=to,
        subject=" ".join(Template(subject).substitute(words).split()),
        body=Template(body).substitute(words),
    )


@cache
def _template(name: str) -> str:
    return files("jobs.mail").joinpath("templates", f"{name}.txt").read_text("utf-8")
