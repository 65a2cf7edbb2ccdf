"""What the store changed on an order that is ours already (spec SYN-8).

Three states are compared: what the store had said when it was last applied, what it says now, and what we have. Only
what the store itself changed since counts, so that an operator's edit survives the echo of our own push.

Before confirmation a change is applied; what we changed too is a conflict for a person, and ours stays. After it, a
change is proposed to a person; after hand-over it is information.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.vocabulary import ChannelRules
from domain.diary.entries import Note, open_standing, resolve_standing, write_item_notes
from domain.diary.models import DiaryState
from domain.intake.types import IncomingLine, IncomingOrder
from domain.kernel.actor import Actor
from domain.orders.history import contents_data, record
from domain.orders.models import Order
from domain.orders.queries import order_for_update

from .approval.ask import reconsider
from .auto_confirm import auto_confirm
from .edited import mark_edited
from .import_fields import ADDRESSES, DETAILS, LINES, SIMPLE, Change, Phase, changes, phase_of, settled_fields
from .import_lines import write_lines
from .import_money import book_money
from .import_resolve import Meaning, Wanted
from .import_status import follow_status
from .pay import follow_terms, go_on_if_paid


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArrival:
    """A newer state of an order that is ours, and what its words mean; nothing is in its way."""

    item_id: UUID
    order_id: UUID
    base: IncomingOrder
    order: IncomingOrder
    meaning: Meaning


def wanted_of(base: IncomingOrder, incoming: IncomingOrder, said: frozenset[str]) -> Wanted:
    """What of the change is to be understood: the parts that are new. `said` are statuses that we told the channel:
    one of these that comes back is an echo (spec SYN-5)."""
    return Wanted(
        order=incoming,
        lines=[line for line in incoming.lines if _other_product(base, line)],
        status=incoming.status != base.status and incoming.status not in said,
        payment_method=incoming.payment_method != base.payment_method,
        buyer=False,
    )


async def import_change(session: AsyncSession, actor: Actor, rules: ChannelRules, arrival: ChangedArrival) -> bool:
    """Takes the change over as far as it may be; says whether anything came of it."""
    base, incoming = arrival.base, arrival.order
    order = await order_for_update(session, arrival.order_id, lines=True)
    events, status = order.history_seq, order.status
    await _settle_fields(session, order, settled_fields(base, incoming, order))
    found = changes(base, incoming, order)
    if found:
        await _PHASES[phase_of(order)](session, actor, arrival, order, found)
    await book_money(session, actor, order, base, incoming)
    if arrival.meaning.status is not None:
        await follow_status(session, actor, rules, order, incoming.status, arrival.meaning.status)
    if order.status is not status:
        await auto_confirm(session, order)
    return order.history_seq > events


async def _apply(
    session: AsyncSession, actor: Actor, arrival: ChangedArrival, order: Order, found: Mapping[str, Change]
) -> None:
    """Before confirmation: what only the store changed is applied, and approval is asked again."""
    conflicts = {name: change for name, change in found.items() if change.mine}
    applied = {name: change for name, change in found.items() if not change.mine}
    for name in (field for field in SIMPLE if field in applied):
        setattr(order, name, applied[name].theirs)
    if "payment_method" in applied:
        order.payment_kind = arrival.meaning.payment_kind
    if "delivery_point" in applied:
        order.delivery_point_provider = order.delivery_point_name = None
    if LINES in applied:
        await write_lines(session, order, arrival.order, arrival.meaning.variants)
    if applied:
        await mark_edited(session, order)
        await _record_applied(session, actor, order, applied)
        await reconsider(session, order)
        await _settle_fields(session, order, list(applied))
        # A lower total may be paid already, and what was rejected is asked for again.
        await go_on_if_paid(session, order)
        if "payment_method" in applied:
            await follow_terms(session, order)
    if conflicts:
        await record(session, order, "change_conflicted", actor, _diff(conflicts))
        for name in conflicts:
            await open_standing(session, _conflict(order, name))


async def _propose(
    session: AsyncSession, actor: Actor, arrival: ChangedArrival, order: Order, found: Mapping[str, Change]
) -> None:
    await record(session, order, "change_proposed", actor, _diff(found))
    for name in found:
        await open_standing(session, _proposal(order, name))


async def _tell(
    session: AsyncSession, actor: Actor, arrival: ChangedArrival, order: Order, found: Mapping[str, Change]
) -> None:
    await record(session, order, "changed_there", actor, _diff(found))
    note = Note(
        channel_id=order.channel_id,
        cause=f"change:{','.join(sorted(found))}",
        message=f"The store changed {_words(found)} of order {order.number}, which is {order.status.label} here.",
        state=DiaryState.IGNORED,
        external_id=order.external_id,
        order_id=order.id,
        item_id=arrival.item_id,
    )
    await write_item_notes(session, [note])


async def _record_applied(session: AsyncSession, actor: Actor, order: Order, applied: Mapping[str, Change]) -> None:
    if LINES in applied:
        data = {**contents_data(order.lines, order.charges), **_diff({LINES: applied[LINES]})}
        await record(
            session,
            order,
            "lines_changed",
            actor,
            {**data, "payment_state": order.payment_state, "version": order.version},
        )
    for kind, names in (("address_changed", ADDRESSES), ("details_changed", DETAILS)):
        part = {name: applied[name] for name in names if name in applied}
        if part:
            await record(session, order, kind, actor, {name: change.as_json() for name, change in part.items()})


async def _settle_fields(session: AsyncSession, order: Order, names: Sequence[str]) -> None:
    if names:
        causes = [f"{kind}:{name}" for name in names for kind in ("change", "conflict")]
        await resolve_standing(session, order.channel_id, causes, order.external_id)


def _conflict(order: Order, name: str) -> Note:
    return Note(
        channel_id=order.channel_id,
        cause=f"conflict:{name}",
        message=f"The {_word(name)} of order {order.number} was changed here and in the store; ours was kept.",
        remedy="Compare both in the order's history, and correct the one that is wrong.",
        external_id=order.external_id,
        order_id=order.id,
    )


def _proposal(order: Order, name: str) -> Note:
    return Note(
        channel_id=order.channel_id,
        cause=f"change:{name}",
        message=f"The store changed the {_word(name)} of order {order.number} after it was confirmed.",
        remedy="See the change in the order's history; take it over by hand, or set it back in the store.",
        external_id=order.external_id,
        order_id=order.id,
    )


def _diff(found: Mapping[str, Change]) -> dict[str, Any]:
    return {"changes": {name: change.as_json() for name, change in found.items()}}


def _words(found: Mapping[str, Change]) -> str:
    return ", ".join(_word(name) for name in found)


def _word(name: str) -> str:
    return {"shipping": "shipping address", "billing": "billing address", "external_number": "number"}.get(
        name, name.replace("_", " ")
    )


def _other_product(base: IncomingOrder, line: IncomingLine) -> bool:
    """A line that is new, or was given another product; one whose product was deleted there keeps ours."""
    before = next((old for old in base.lines if old.external_id == line.external_id), None)
    return before is None or (line.variant is not None and line.variant != before.variant)


_PHASES = {Phase.OPEN: _apply, Phase.CONFIRMED: _propose, Phase.CLOSED: _tell}
