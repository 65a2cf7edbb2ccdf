"""Making a channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit.record import record
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.refusals import Invalid, Problem, invalid
from domain.kernel.schedule import Schedule
from domain.kernel.secrets import Vault

from .apply import check_settings, write_settings
from .form import form_problems as settings_problems
from .mappings import save_mappings
from .models import OWN_CHANNELS, Channel, InvoiceAt
from .rules import read_mappings
from .settings import Settings, Syncs
from .snapshot import settings_of

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
RESERVED = ("couriers",)
"""Slugs that would hide another address below /webhooks/."""
BASE_CURRENCY = "RON"
PRE_ORDER_CHECK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateChannel:
    """`connector` is a connector's key, or None for a channel of the house's own: then the slug says which
    (`OWN_CHANNELS`), else it is a manual one. `settings` and `credentials` were validated against the connector's
    schema by the caller. `mappings` holds `paymentMethods`, `statusesIn` and `statusesOut` as callers write them.
    `schedules` says which kinds of run the channel wants (such as `fetch_orders`), and how often; `business` the rest
    of its settings, of which those that it leaves out have their defaults.
    """

    slug: str
    title: str
    connector: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, Any] = field(default_factory=dict, repr=False)
    settings_version: int = 1
    mappings: Mapping[str, object] = field(default_factory=dict)
    business: Settings = field(default_factory=Settings)
    schedules: Mapping[str, timedelta] = field(default_factory=dict)
    syncs: Syncs = field(default_factory=Syncs)


async def create_channel(session: AsyncSession, actor: Actor, command: CreateChannel, vault: Vault) -> Channel:
    """Makes a channel with its mappings and schedules, in the house's first warehouse and with its series.

    Raises `Invalid` naming every wrong field at once: the slug's form, a slug that is taken, words that mean nothing.
    """
    entries, problems = read_mappings(command.mappings)
    problems = [*_name_problems(command.slug, command.title), *_problems(command), *problems]
    if not problems and await session.scalar(select(Channel.id).where(Channel.slug == command.slug)):
        problems.append(_taken(command.slug))
    channel = await _channel(session, command, vault)
    named, wrong = await check_settings(session, channel, command.business, command.syncs, new=True)
    problems += wrong
    if problems:
        raise Invalid(problems)
    session.add(channel)
    session.add_all(
        Schedule(kind=kind, subject_id=channel.id, every=every, next_run_at=channel.created_at)
        for kind, every in command.schedules.items()
    )
    try:
        await session.flush()
    except IntegrityError as error:
        if "slug" not in str(error.orig):
            raise
        problem = _taken(command.slug)
        raise invalid(problem.path, problem.code, problem.message) from error
    await write_settings(session, channel, command.business, named, command.syncs)
    await session.flush()
    await save_mappings(session, channel.id, entries)
    made = {"slug": channel.slug, "connector": channel.connector, **await settings_of(session, channel.id)}
    record(session, actor, "channel.create", "channel", channel.id, title=channel.title, after=made)
    return channel


def form_problems(
    slug: str, title: str, mappings: Mapping[str, object], business: Settings, syncs: Syncs
) -> list[Problem]:
    """What is wrong with a channel's names, mappings and settings, as far as can be told without the database."""
    return [*_name_problems(slug, title), *read_mappings(mappings)[1], *settings_problems(business, syncs)]


def _name_problems(slug: str, title: str) -> list[Problem]:
    problems = []
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        problems.append(
            Problem(("slug",), "BAD_SLUG", f"{slug!r} cannot be a slug: use lower-case letters, digits, - and _.")
        )
    if not title.strip():
        problems.append(Problem(("title",), "MISSING", "Give the channel a title."))
    return problems


def _problems(command: CreateChannel) -> list[Problem]:
    problems = []
    if command.connector is None and command.credentials:
        problems.append(
            Problem(("credentials",), "NOT_WANTED", "A channel of the house's own has no far side, so no credentials.")
        )
    return problems


def _taken(slug: str) -> Problem:
    return Problem(("slug",), "TAKEN", f"There is already a channel {slug}. Choose another slug.")


async def _channel(session: AsyncSession, command: CreateChannel, vault: Vault) -> Channel:
    """The house's first channel, made at its beginning, knows the warehouse and the series that hold by default."""
    house = (
        await session.execute(
            select(Channel.warehouse_id, Channel.invoice_series_id, Channel.credit_series_id)
            .order_by(Channel.created_at, Channel.id)
            .limit(1)
        )
    ).one()
    now = utc_now()
    channel_id = new_id()
    return Channel(
        id=channel_id,
        slug=command.slug,
        title=command.title.strip(),
        connector=command.connector or _own(command.slug),
        enabled=True,
        currency=BASE_CURRENCY,
        settings=dict(command.settings),
        settings_version=command.settings_version,
        credentials=vault.seal(dict(command.credentials), f"channel:{channel_id}") if command.credentials else None,
        auto_confirm=False,
        auto_delivery_note=False,
        invoice_at=InvoiceAt.MANUAL,
        stock_check_on_entry=True,
        pre_order_check_days=PRE_ORDER_CHECK_DAYS,
        intervals={},
        version=1,
        warehouse_id=house.warehouse_id,
        invoice_series_id=house.invoice_series_id,
        credit_series_id=house.credit_series_id,
        created_at=now,
        updated_at=now,
    )


def _own(slug: str) -> str:
    word = slug.replace("-", "_")
    return word if word in OWN_CHANNELS else OWN_CHANNELS[0]
