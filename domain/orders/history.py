"""The history of an order: append-only, in its own numbering, enough to rebuild status and totals (spec ORD-8)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import get_contextvars

from domain.changes.models import Change
from domain.kernel.actor import Actor
from domain.kernel.clock import utc_now
from domain.kernel.database import Json
from domain.kernel.outbox import OutboxRow

from .models import ChargeKind, HistoryEntry, Order
from .totals import ChargeLike, LineLike, Totals, order_totals

REACT = "react"
"""The consumer that turns what happened into the work that follows."""


class TotalsLike(Protocol):
    @property
    def subtotal(self) -> Decimal: ...
    @property
    def discount_total(self) -> Decimal: ...
    @property
    def fee_total(self) -> Decimal: ...
    @property
    def shipping_total(self) -> Decimal: ...
    @property
    def tax_total(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...


class LineData(LineLike, Protocol):
    @property
    def sku(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...


class ChargeData(ChargeLike, Protocol):
    @property
    def title(self) -> str: ...


async def record(
    session: AsyncSession, order: Order, kind: str, actor: Actor, data: Mapping[str, Any], reason: str | None = None
) -> HistoryEntry:
    """Appends what happened, and asks for the reactions to it, in this transaction; the order must be locked.

    A change that bumps the order's version does so before, so that the entry carries it.
    `kind` is past (`status_changed`); `data` must be JSON: amounts as text, statuses as codes. A change of totals
    carries them under `totals`. Rows are written with the unit of work, so that several events cost one statement.
    """
    order.history_seq += 1
    now = utc_now()
    entry = HistoryEntry(
        order_id=order.id,
        seq=order.history_seq,
        at=now,
        kind=kind,
        actor=actor.label,
        reason=reason,
        data=dict(data),
        version=order.version,
    )
    session.add(entry)
    session.add(
        OutboxRow(
            consumer=REACT,
            aggregate=f"order:{order.id}",
            payload=event_payload(order.id, kind, order.history_seq),
            correlation_id=get_contextvars().get("correlation_id"),
            created_at=now,
            not_before=now,
        )
    )
    session.add(Change(**change_of(order.id, order.channel_id, kind, order.history_seq, entry.data, now)))
    session.info["outbox"] = True
    return entry


def change_of(order_id: UUID, channel_id: UUID, kind: str, seq: int, data: Mapping[str, Any], now: datetime) -> Json:
    """The event as the change feed has it: written with the history, in the same transaction, so that the one cannot
    lack what the other has, and no worker stands between them.
    """
    statuses = None
    if kind == "status_changed":
        statuses = {"from": data["from"], "to": data["to"]}
    elif "status" in data:
        statuses = {"to": data["status"]}
    return {
        "at": now,
        "kind": kind,
        "channel_id": channel_id,
        "order_id": order_id,
        "seq": seq,
        "data": statuses,
    }


def event_payload(order_id: object, kind: str, seq: int) -> Json:
    """What `react` is told of an event."""
    return {"event": kind, "order_id": str(order_id), "seq": seq}


def totals_data(totals: Totals | TotalsLike) -> Json:
    """The totals as history keeps them: text with two places."""
    return {
        name: str(getattr(totals, name))
        for name in ("subtotal", "discount_total", "fee_total", "shipping_total", "tax_total", "total")
    }


def contents_data(lines: Iterable[LineData], charges: Iterable[ChargeData] = ()) -> Json:
    """Lines, charges and the totals that follow from them, as `order_created` and `lines_changed` keep them."""
    lines, charges = tuple(lines), tuple(charges)
    return {
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "subtotal": str(line.subtotal),
                "discount": str(line.discount),
                "tax": str(line.tax),
                "total": str(line.total),
            }
            for line in lines
        ],
        "charges": [
            {
                "kind": ChargeKind(charge.kind).value,
                "title": charge.title,
                "amount": str(charge.amount),
                "tax": str(charge.tax),
            }
            for charge in charges
        ],
        "totals": totals_data(order_totals(lines, charges)),
    }
