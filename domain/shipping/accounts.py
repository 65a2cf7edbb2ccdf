"""Courier accounts: a contract with a courier, and the secrets to use it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record_written
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, NotFound, Problem, invalid
from domain.kernel.schedule import Schedule
from domain.kernel.secrets import Vault

from .models import CourierAccount, ShippingStarts

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCourierAccount:
    """`settings` and `credentials` were validated against the connector's schema by the caller.

    `track_every` is None for couriers that cannot be asked.
    """

    slug: str
    title: str
    connector: str
    settings: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict, repr=False)
    settings_version: int = 1
    shipping_starts: ShippingStarts = ShippingStarts.AWB
    track_every: timedelta | None = None


async def create_account(
    session: AsyncSession, actor: Actor, command: CreateCourierAccount, vault: Vault
) -> CourierAccount:
    """Makes an account. Raises `Invalid` for a slug that is taken or cannot stand in an address, and for no title."""
    if problems := form_problems(command.slug, command.title):
        raise Invalid(problems)
    now = utc_now()
    account_id = new_id()
    account = CourierAccount(
        id=account_id,
        slug=command.slug,
        title=command.title,
        connector=command.connector,
        settings=command.settings,
        settings_version=command.settings_version,
        credentials=vault.seal(command.credentials, f"courier:{account_id}") if command.credentials else None,
        shipping_starts=command.shipping_starts,
        created_at=now,
        updated_at=now,
    )
    session.add(account)
    if command.track_every is not None:
        session.add(
            Schedule(
                kind="track", subject_id=account_id, every=command.track_every, next_run_at=now + command.track_every
            )
        )
    try:
        await session.flush()
    except IntegrityError as error:
        if "slug" not in str(error.orig):
            raise
        raise invalid(("slug",), "TAKEN", f"There is already a courier account {command.slug}.") from error
    record_written(session, actor, "courier_account", account, None, title=account.title)
    return account


def form_problems(slug: str, title: str) -> list[Problem]:
    """What is wrong with an account's names, as far as can be told without the database."""
    problems = []
    if not SLUG.fullmatch(slug):
        problems.append(
            Problem(("slug",), "BAD_SLUG", f"{slug!r} cannot be a slug: use lower-case letters, digits, - and _.")
        )
    if not title.strip():
        problems.append(Problem(("title",), "MISSING", "Give the account a title."))
    return problems


async def account_by_slug(session: AsyncSession, slug: str) -> CourierAccount:
    """Raises `NotFound`."""
    account = await session.scalar(select(CourierAccount).where(CourierAccount.slug == slug))
    if account is None:
        raise NotFound("courier account", slug, path=("account",))
    return account
