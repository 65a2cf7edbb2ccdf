"""Settings are checked whole, and then written on a channel, new or known: one path for both (spec CHN-2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.invoicing.models import InvoiceSeries
from domain.kernel.clock import utc_now
from domain.kernel.refusals import Problem
from domain.kernel.schedule import Schedule
from domain.pricing.models import PriceList

from .contradictions import Picture, PriceListFacts, SeriesFacts, contradictions
from .form import form_problems
from .models import SYNCS, Channel, ChannelClientGroup, ChannelSeriesPast
from .named import Named, Standing, find_named
from .settings import CLEARABLE, Interval, ReturnPolicy, Settings, Syncs

_PLAIN = (
    "enabled",
    "currency",
    "auto_confirm",
    "auto_delivery_note",
    "invoice_at",
    "order_type",
    "stock_check_on_entry",
    "pre_order_check_days",
    "hold_expiry_hours",
)
"""Settings that are kept as they are given."""


async def check_settings(
    session: AsyncSession, channel: Channel, wanted: Settings, syncs: Syncs, *, new: bool = False
) -> tuple[Named, list[Problem]]:
    """What the settings name, and everything that is wrong with them on this channel, whose row is locked or new."""
    problems = list(form_problems(wanted, syncs))
    standing = Standing(
        warehouse_id=channel.warehouse_id,
        invoice_series_id=channel.invoice_series_id,
        credit_series_id=channel.credit_series_id,
        price_list_id=channel.price_list_id,
    )
    named = await find_named(session, wanted, standing)
    problems += named.problems
    has_groups = not new and await _has_groups(session, channel.id)
    touched = wanted.touches() | ({"connector", "enabled"} if new else set())
    problems += contradictions(_picture(channel, wanted, named, has_groups), touched)
    return named, problems


async def write_settings(session: AsyncSession, channel: Channel, wanted: Settings, named: Named, syncs: Syncs) -> None:
    """Writes settings that `check_settings` found nothing wrong with; the channel's row is flushed by then."""
    if wanted.title is not None:
        channel.title = wanted.title.strip()
    for name in _PLAIN:
        if (value := getattr(wanted, name)) is not None:
            setattr(channel, name, value)
    for name in wanted.clear:
        for column in CLEARABLE[name]:
            setattr(channel, column, None)
    if wanted.allowed_payment_methods is not None:
        channel.allowed_payment_methods = [word.strip() for word in wanted.allowed_payment_methods]
    if (fee := wanted.delivery_fee) is not None:
        channel.delivery_fee, channel.delivery_fee_tax_rate = fee.amount, fee.tax_rate
        channel.free_delivery_from = fee.free_from
    if wanted.return_policy is not None:
        channel.return_policy = _policy(wanted.return_policy)
    channel.warehouse_id = named.warehouse.id
    channel.price_list_id = named.price_list.id if named.price_list is not None else None
    await _write_series(session, channel, named)
    if named.groups is not None or "clientGroups" in wanted.clear:
        await _write_groups(session, channel.id, named.groups or frozenset())
    await _write_intervals(session, channel, wanted, syncs)


def _picture(channel: Channel, wanted: Settings, named: Named, has_groups: bool) -> Picture:
    fee_stays = channel.delivery_fee is not None and "deliveryFee" not in wanted.clear
    found, currency = named.price_list, wanted.currency or channel.currency
    return Picture(
        connector=channel.connector,
        enabled=channel.enabled if wanted.enabled is None else wanted.enabled,
        currency=currency,
        order_type=None if "orderType" in wanted.clear else wanted.order_type or channel.order_type,
        has_fee=wanted.delivery_fee is not None or fee_stays,
        priced_in=currency if wanted.delivery_fee is not None else channel.currency,
        has_groups=wanted.client_groups is not None or (has_groups and "clientGroups" not in wanted.clear),
        warehouse_active=named.warehouse.active,
        price_list=None if found is None else _list(found),
        invoice_series=_series(named.invoice_series),
        credit_series=_series(named.credit_series),
        entity_id=named.entity_id,
    )


def _list(row: PriceList) -> PriceListFacts:
    return PriceListFacts(row.slug, row.level, row.currency, row.archived_at is not None)


def _series(row: InvoiceSeries) -> SeriesFacts:
    return SeriesFacts(row.prefix, row.legal_entity_id, row.kind)


def _policy(policy: ReturnPolicy) -> dict[str, Any]:
    return {
        "days": policy.days,
        "paid_by": policy.paid_by.value,
        "restocking_fee_percent": str(policy.restocking_fee_percent),
        "note": (policy.note or "").strip() or None,
    }


async def _has_groups(session: AsyncSession, channel_id: UUID) -> bool:
    there = exists().where(ChannelClientGroup.channel_id == channel_id)
    return bool(await session.scalar(select(there)))


async def _write_series(session: AsyncSession, channel: Channel, named: Named) -> None:
    """Orders that are here already stay with the legal entity that they were entered for."""
    if channel.invoice_series_id != named.invoice_series.id and await _other_entity(session, channel, named):
        session.add(
            ChannelSeriesPast(
                channel_id=channel.id,
                until=utc_now(),
                invoice_series_id=channel.invoice_series_id,
                credit_series_id=channel.credit_series_id,
            )
        )
    channel.invoice_series_id, channel.credit_series_id = named.invoice_series.id, named.credit_series.id


async def _other_entity(session: AsyncSession, channel: Channel, named: Named) -> bool:
    entity = select(InvoiceSeries.legal_entity_id).where(InvoiceSeries.id == channel.invoice_series_id)
    before = await session.scalar(entity)
    return before != named.invoice_series.legal_entity_id


async def _write_groups(session: AsyncSession, channel_id: UUID, groups: frozenset[UUID]) -> None:
    await session.execute(
        delete(ChannelClientGroup).where(
            ChannelClientGroup.channel_id == channel_id, ChannelClientGroup.group_id.not_in(groups)
        )
    )
    if groups:
        rows = [{"channel_id": channel_id, "group_id": group_id} for group_id in sorted(groups)]
        await session.execute(insert(ChannelClientGroup).on_conflict_do_nothing(), rows)


async def _write_intervals(session: AsyncSession, channel: Channel, wanted: Settings, syncs: Syncs) -> None:
    """A channel that is switched off runs nothing by itself; switched on again, it runs at once."""
    if wanted.intervals:
        said_now = {**channel.intervals, **{one.kind: _interval(one) for one in wanted.intervals}}
        channel.intervals = {kind: one for kind, one in said_now.items() if one}
    if not wanted.intervals and wanted.enabled is None:
        return
    kinds = {schedule: kind for kind, schedule in SYNCS.items()}
    now = utc_now()
    for row in await session.scalars(select(Schedule).where(Schedule.subject_id == channel.id).with_for_update()):
        said: Mapping[str, Any] = channel.intervals.get(kinds.get(row.kind, ""), {})
        usual = syncs.usual.get(kinds.get(row.kind, ""), row.every)
        _reschedule(row, timedelta(seconds=said["every"]) if said.get("every") else usual, now)
        on = channel.enabled and not said.get("paused", False)
        if on and not row.enabled:
            row.next_run_at = now
        row.enabled = on


def _reschedule(row: Schedule, every: timedelta, now: datetime) -> None:
    if row.every != every:
        row.every = every
        row.next_run_at = min(row.next_run_at, now + every)


def _interval(interval: Interval) -> dict[str, Any]:
    """Nothing, where it is as the connector says."""
    seconds = None if interval.every is None else int(interval.every.total_seconds())
    return {"every": seconds, "paused": interval.paused} if seconds or interval.paused else {}
