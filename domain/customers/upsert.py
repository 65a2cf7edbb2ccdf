"""Making and changing customers by hand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.slugs import MAX_NAME, name_problems
from domain.kernel.texts import text_problem
from domain.kernel.versions import check_version

from .groups import customer_for_update, write_groups
from .models import Customer

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FIELDS = {"email": "email", "phone": "phone", "company": "company", "tax_id": "taxId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertCustomer:
    """A customer, new where `id` is None. What is None stays as it is; an empty text removes what there was.

    `groups` are slugs: exactly those from now on.
    """

    id: UUID | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    tax_id: str | None = None
    groups: Sequence[str] | None = None
    expected_version: int | None = None


async def upsert_customer(session: AsyncSession, actor: Actor, command: UpsertCustomer) -> Customer:
    """Writes the customer. Raises Invalid naming every wrong field, NotFound, StaleVersion.

    A repeat of a change changes nothing more. Two customers may have one e-mail: they can be merged.
    """
    problems = [*_problems(command)]
    if command.id is None and not actor.scope.everything:
        words = "A customer comes into your view with their first order or estimate: enter that, with the customer."
        problems.append(Problem(("id",), "LIMITED_VIEW", words))
    if problems:
        raise Invalid(problems)
    customer = await _found_or_made(session, command)
    mail = customer.email
    changed = _apply(command, customer)
    if customer.email != mail:
        customer.apart = not actor.scope.everything
    await session.flush()
    if command.groups is not None:
        changed = await write_groups(session, customer.id, command.groups) or changed
    if changed and command.id is not None:
        customer.version += 1
        customer.updated_at = utc_now()
        await session.flush()
    return customer


async def _found_or_made(session: AsyncSession, command: UpsertCustomer) -> Customer:
    if command.id is not None:
        customer = await customer_for_update(session, command.id)
        check_version("customer", command.expected_version, customer.version)
        if customer.erased_at is not None:
            raise invalid(("id",), "ERASED", "This customer's personal data were erased. Enter the person anew.")
        return customer
    now = utc_now()
    customer = Customer(id=new_id(), name=(command.name or "").strip(), version=1, created_at=now, updated_at=now)
    session.add(customer)
    return customer


def _apply(command: UpsertCustomer, customer: Customer) -> bool:
    wanted = {name: _kept(name, text) for name in _FIELDS if (text := getattr(command, name)) is not None}
    if command.name is not None:
        wanted["name"] = command.name.strip()
    changed = {name: value for name, value in wanted.items() if getattr(customer, name) != value}
    for name, value in changed.items():
        setattr(customer, name, value)
    return bool(changed)


def _kept(name: str, text: str) -> str | None:
    clean = text.strip()
    return (clean.lower() if name == "email" else clean) or None


def _problems(command: UpsertCustomer) -> Iterator[Problem]:
    if command.name is not None or command.id is None:
        yield from name_problems(("name",), command.name or "", "customer")
    for name, shown in _FIELDS.items():
        text = getattr(command, name)
        if text is not None and (problem := text_problem(text, MAX_NAME)):
            yield Problem((shown,), "NOT_A_TEXT", problem)
        elif name == "email" and text and text.strip() and not EMAIL.fullmatch(text.strip()):
            yield Problem(("email",), "BAD_EMAIL", f"{text} is no e-mail address.")
