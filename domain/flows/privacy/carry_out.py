"""Carrying an erasure out, step by step, each a transaction. Killed anywhere, it goes on where it was."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from domain.estimates.models import Estimate, EstimateState
from domain.intake.models import ExternalOrder, InboxItem
from domain.intake.purge import PURGED, SETTLED
from domain.kernel.actor import SYSTEM
from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from domain.kernel.database import Database
from domain.orders.models import Order
from domain.privacy.marks import phone_mark
from domain.privacy.models import Erasure
from domain.privacy.scrub import ERASED, Words, digits, words_of

from .elsewhere import erase_elsewhere
from .orders import country_only, erase_orders
from .remember import remember_marks

BATCH = 20
LOOKED_THROUGH = 500
_CODE = re.compile(r"\S{6,}")
MOST_WORDS = 500
"""More than this many names, e-mails or numbers of one person are not looked for."""
declare("erase.orders", "erase.looked_through")


async def carry_out(database: Database, erasure_id: UUID) -> None:
    """Does all that is left to do."""
    while True:
        async with database.begin() as session:
            more = await erase_next_orders(session, erasure_id)
        crash_point("erase.orders")
        if not more:
            break
    while True:
        async with database.begin() as session:
            more = await look_through_next(session, erasure_id)
        crash_point("erase.looked_through")
        if not more:
            break
    async with database.begin() as session:
        await finish(session, erasure_id)


async def erase_next_orders(session: AsyncSession, erasure_id: UUID, limit: int = BATCH) -> bool:
    """Erases the customer's next orders; whether there were any."""
    erasure = await _open(session, erasure_id)
    if erasure is None:
        return False
    ids = await session.scalars(
        select(Order.id)
        .where(Order.customer_id == erasure.customer_id, Order.erased_at.is_(None))
        .order_by(Order.id)
        .limit(limit)
    )
    found = ids.all()
    if found:
        await _remember_buyers(session, erasure, found)
        learnt = await erase_orders(session, SYSTEM, found, Words.from_json(erasure.words or _NONE))
        erasure.words = _capped(learnt)
        erasure.orders += len(found)
        await session.flush()
    return bool(found)


async def _remember_buyers(session: AsyncSession, erasure: Erasure, order_ids: Sequence[UUID]) -> None:
    """Who gave no e-mail is known again by telephone and name: as they stood on the bill, else on the parcel."""
    rows = await session.execute(select(Order.billing, Order.shipping).where(Order.id.in_(order_ids)))
    sides = [row.billing or row.shipping or {} for row in rows]
    marks = {phone_mark(side.get("phone") or "", side.get("name") or "") for side in sides}
    await remember_marks(session, erasure.customer_id, erasure.requested_at, {mark for mark in marks if mark})


_NONE: Mapping[str, Any] = {"names": [], "emails": [], "phones": []}


def _capped(words: Words) -> dict[str, Any]:
    return {name: texts[:MOST_WORDS] for name, texts in words.as_json().items()}


async def look_through_next(session: AsyncSession, erasure_id: UUID, limit: int = LOOKED_THROUGH) -> bool:
    """Throws away what arrived and names the person, of the next items; whether there were any. What is not settled
    yet stays: nothing of the person's waited when it began. So does what told of another customer's order: two people
    may have one telephone."""
    erasure = await _open(session, erasure_id)
    if erasure is None:
        return False
    page = select(InboxItem.id).order_by(InboxItem.id).limit(limit)
    if erasure.cursor is not None:
        page = page.where(InboxItem.id > erasure.cursor)
    ids = (await session.scalars(page)).all()
    if not ids:
        return False
    needles = _needles(Words.from_json(erasure.words or _NONE))
    if needles:
        body = func.lower(func.encode(InboxItem.body, "escape"))
        await session.execute(
            update(InboxItem)
            .where(
                InboxItem.id.in_(ids),
                InboxItem.state.in_(SETTLED),
                or_(*(_holds(body, one) for one in needles)),
                ~_others(erasure.customer_id),
            )
            .values(**PURGED, purged_at=utc_now()),
            execution_options=_UNSYNCED,
        )
    erasure.cursor = ids[-1]
    await session.flush()
    return True


def _others(customer_id: UUID) -> ColumnElement[bool]:
    """Whether an item told of an order of another customer."""
    return (
        exists()
        .where(
            ExternalOrder.channel_id == InboxItem.channel_id,
            ExternalOrder.external_id == InboxItem.external_id,
            Order.id == ExternalOrder.order_id,
            Order.customer_id != customer_id,
        )
        .correlate(InboxItem)
    )


def _needles(words: Words) -> list[str]:
    """What tells the person apart in a raw body: e-mails, telephone numbers as they are spelled and as digits, AWBs
    and the like; names are left out, since others have the same."""
    numbers = {digits(phone)[-9:] for phone in words.phones}
    codes = {name for name in words.names if _CODE.fullmatch(name) and any(sign.isdigit() for sign in name)}
    return sorted({one.lower() for one in (*words.emails, *words.phones, *numbers, *codes)})


def _holds(body: ColumnElement[Any], needle: str) -> ColumnElement[bool]:
    return func.strpos(body, escaped(needle)) > 0


def escaped(text: str) -> str:
    """A text as PostgreSQL's encode(…, 'escape') shows its bytes."""
    shown = (chr(byte) if 0 < byte < 128 else f"\\{byte:03o}" for byte in text.encode().replace(b"\\", b"\\\\"))
    return "".join(shown)


async def finish(session: AsyncSession, erasure_id: UUID) -> None:
    """Erases what hangs on no order, and forgets what the person was called."""
    erasure = await _open(session, erasure_id)
    if erasure is None:
        return
    words = Words.from_json(erasure.words or _NONE)
    for estimate in await session.scalars(
        select(Estimate).where(Estimate.customer_id == erasure.customer_id).with_for_update()
    ):
        words |= words_of(estimate.billing, estimate.shipping, {"tax_id": estimate.buyer_tax_id})
        _erase_estimate(estimate)
    await erase_elsewhere(session, words)
    erasure.words = erasure.cursor = None
    erasure.finished_at = utc_now()
    await session.flush()


def _erase_estimate(estimate: Estimate) -> None:
    estimate.billing, estimate.shipping = country_only(estimate.billing), country_only(estimate.shipping)
    estimate.buyer_tax_id = estimate.note = None
    estimate.updated_at, estimate.version = utc_now(), estimate.version + 1
    if estimate.reason is not None:
        estimate.reason = ERASED
    if estimate.state is EstimateState.OPEN:
        estimate.state, estimate.reason = EstimateState.CANCELLED, "The customer's personal data were erased."


async def _open(session: AsyncSession, erasure_id: UUID) -> Erasure | None:
    """The erasure, locked, if it is not finished: of two workers one does a step."""
    return await session.scalar(
        select(Erasure)
        .where(Erasure.id == erasure_id, Erasure.finished_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


_UNSYNCED = {"synchronize_session": False}
