"""Looking at what arrived: each item is read and ends in exactly one outcome (architecture §4).

Items of one channel are imported together, in one transaction of few statements; when that fails they are done one by
one, so that one bad order never stops the others. Orders that may take or free goods have a transaction each, so that
none locks the stock of several.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.unfit import UNFIT
from domain.channels.vocabulary import load_rules
from domain.flows.gone import order_gone
from domain.flows.import_alone import goes_alone
from domain.flows.import_order import Arrival, import_orders
from domain.intake.causes import Cause
from domain.intake.models import InboxState, Source
from domain.intake.settle import Settled, ignored, settle
from domain.intake.store import NewItem, store_items
from domain.intake.types import IncomingOrder
from domain.kernel.actor import connector_actor
from domain.kernel.crash import crash_point, declare
from domain.kernel.outbox import enqueue
from jobs.accounts import FarSide, channel_account, far_side
from jobs.inbox import load_items
from jobs.reading import PART_OF, Fetch, Item, Parts, Reading, read_item, waiting
from jobs.runtime import Runtime
from jobs.translate import defaults
from jobs.work import Work, finishing_all
from omnisales_sdk import Gone, Hint, Ignored, NeedsHuman, RawItem, TryLater
from plugins.host import InvalidAccount

from .tracking_push import take_in

log = structlog.get_logger(__name__)

declare("intake.read", "intake.before_commit", "intake.committed")

BATCH = 50
FETCH_ORDER = "fetch_order"


@dataclass(frozen=True, slots=True)
class _Read:
    """An item with its piece of work and what it is about."""

    work: Work
    item: Item
    reading: Reading


def one(runtime: Runtime, work: Work) -> None:
    """Looks at one item."""
    together(runtime, [work])


def together(runtime: Runtime, works: Sequence[Work]) -> None:
    """Looks at several items. What is settled already, or gone, only ends its work."""
    items = runtime.run(load_items(runtime, {work.id_of("item_id") for work in works}))
    idle: list[Work] = []
    by_channel: dict[UUID, list[tuple[Work, Item]]] = {}
    for work in works:
        item = items.get(work.id_of("item_id"))
        if item is None or item.state is not InboxState.RECEIVED:
            idle.append(work)
        elif item.channel_id is not None:
            by_channel.setdefault(item.channel_id, []).append((work, item))
        else:
            take_in(runtime, work, item)
    if idle:
        runtime.run(_end(runtime, idle))
    for channel_id, arrived in by_channel.items():
        far = far_side(runtime, runtime.run(channel_account(runtime, channel_id)))
        read = [_Read(work, item, read_item(far, item)) for work, item in arrived]
        crash_point("intake.read")
        for part in runtime.run(_transactions(runtime, far, read)):
            runtime.run(_apply(runtime, far, part))
        crash_point("intake.committed")


async def _end(runtime: Runtime, works: Sequence[Work]) -> None:
    async with finishing_all(runtime, works):
        pass


async def _transactions(runtime: Runtime, far: FarSide, read: list[_Read]) -> list[list[_Read]]:
    """What is applied together; then, each by itself, the orders that go alone."""
    if len(read) == 1:
        return [read]
    async with runtime.database.begin() as session:
        rules = await load_rules(session, far.account.id, defaults(far.manifest.vocabulary))
    rest: list[_Read] = []
    alone: list[list[_Read]] = []
    for one in read:
        if isinstance(one.reading, IncomingOrder) and goes_alone(rules, one.reading.status):
            alone.append([one])
        else:
            rest.append(one)
    return [rest, *alone] if rest else alone


async def _apply(runtime: Runtime, far: FarSide, read: Sequence[_Read]) -> None:
    async with finishing_all(runtime, [one.work for one in read]) as (session, left):
        todo = [one for one in read if one.work in left]
        await _import(session, far, [one for one in todo if isinstance(one.reading, IncomingOrder)])
        await settle(session, [one.reading for one in todo if isinstance(one.reading, Settled)])
        for one in todo:
            await _do(session, far, one)
        crash_point("intake.before_commit")


async def _import(session: AsyncSession, far: FarSide, read: Sequence[_Read]) -> None:
    if not read:
        return
    rules = await load_rules(session, far.account.id, defaults(far.manifest.vocabulary))
    arrivals = [
        Arrival(
            item_id=one.item.id,
            order=one.reading,
            received_at=one.item.received_at,
            authoritative=one.item.source is Source.FETCH,
            by_poll=one.item.source is Source.POLL,
        )
        for one in read
        if isinstance(one.reading, IncomingOrder)
    ]
    actor = connector_actor(far.account.connector, far.account.slug)
    outcomes = await import_orders(session, actor, rules, arrivals)
    for one, arrival, outcome in zip(read, arrivals, outcomes, strict=True):
        if outcome.need_fetch:
            await _ask_for(session, one.item, arrival.order.external_id)
        log.info(
            "item_imported",
            item=str(one.item.id),
            correlation_id=one.work.correlation_id,
            external_id=arrival.order.external_id,
            state=outcome.state.value,
            order=str(outcome.order_id),
            causes=outcome.causes,
        )


async def _do(session: AsyncSession, far: FarSide, one: _Read) -> None:
    """What is neither an order nor settled by itself."""
    item, reading = one.item, one.reading
    if isinstance(reading, Fetch):
        await _ask_for(session, item, reading.external_id)
    elif isinstance(reading, Gone):
        await gone(session, far, item, reading)
    elif isinstance(reading, Parts):
        await _store_parts(session, item, reading)


async def gone(session: AsyncSession, far: FarSide, item: Item, found: Gone) -> None:
    """The order is gone there: ours stays, a person is told."""
    rules = await load_rules(session, far.account.id, defaults(far.manifest.vocabulary))
    actor = connector_actor(far.account.connector, far.account.slug)
    await order_gone(session, actor, rules.channel, item.id, found.external_id, item.received_at, found.reason)


async def _ask_for(session: AsyncSession, item: Item, external_id: str) -> None:
    """The item stays unsettled until the order was fetched and imported under it."""
    await enqueue(
        session,
        FETCH_ORDER,
        f"inbox:{item.id}",
        {"item_id": str(item.id), "external_id": external_id},
    )


async def _store_parts(session: AsyncSession, item: Item, parts: Parts) -> None:
    """A delivery about several orders: each becomes an item of its own, and the delivery has done its part."""
    await store_items(session, [_part(item, part) for part in parts.found])
    reason = f"it is about {len(parts.found)} orders; each is looked at by itself"
    await settle(session, [ignored(item.id, item.channel_id, reason)])


def _part(item: Item, part: RawItem | Hint | Gone | Ignored) -> NewItem:
    return NewItem(
        channel_id=item.channel_id,
        source=item.source,
        body=part.body if isinstance(part, RawItem) else b"",
        headers={PART_OF: str(item.id)} | ({} if isinstance(part, RawItem) else {type(part).__name__: part.reason}),
        external_id=part.external_id,
        version=part.version if isinstance(part, RawItem) else None,
        correlation_id=item.correlation_id,
    )


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """The item waits in the diary with what is wrong; replaying it tries again."""
    items = await load_items(runtime, {work.id_of("item_id")})
    for item in items.values():
        if item.state is InboxState.RECEIVED:
            await settle(session, [waiting(item, cause_of(error))])


def cause_of(error: Exception) -> Cause:
    """Why an item could not be dealt with, in words for people."""
    if isinstance(error, NeedsHuman):
        return Cause(error.cause, error.message, error.remedy)
    if isinstance(error, InvalidAccount):
        return Cause(UNFIT, str(error), "Mend the fields in the channel's connection; the work goes on by itself then.")
    if isinstance(error, TryLater):
        return Cause("far_side:away", error.message, "When the far side answers again, replay this entry.")
    return Cause(
        f"fault:{type(error).__name__}",
        f"It could not be dealt with: {type(error).__name__}.",
        "This is a fault of ours; the log has more under the item's correlation id. Replay when it is mended.",
    )
