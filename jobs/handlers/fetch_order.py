"""Fetching one order from its channel, for an item that only hinted at it, or that contradicts what was applied."""

from sqlalchemy import select

from domain.channels.models import Channel
from domain.channels.vocabulary import load_rules
from domain.flows.import_order import Arrival, import_orders
from domain.intake.causes import DISABLED, channel_disabled, hold_causes
from domain.intake.models import InboxState
from domain.intake.settle import Settled, settle
from domain.intake.types import IncomingOrder
from domain.kernel.actor import connector_actor
from domain.kernel.crash import crash_point, declare
from domain.kernel.outbox import enqueue
from jobs.accounts import FarSide, channel_account, far_side
from jobs.inbox import load_items
from jobs.reading import Item, Reading, read_order, waiting
from jobs.runtime import Runtime
from jobs.translate import defaults
from jobs.work import Work, finishing
from omnisales_sdk import Gone, RawItem

from .intake import gone

declare("fetch_order.fetched", "fetch_order.before_commit")


def fetch(runtime: Runtime, work: Work) -> None:
    """Imports the order as it is there now, under the item that asked for it."""
    items = runtime.run(load_items(runtime, {work.id_of("item_id")}))
    item = items.get(work.id_of("item_id"))
    if item is None or item.channel_id is None or item.state is not InboxState.RECEIVED:
        runtime.run(_end(runtime, work))
        return
    far = far_side(runtime, runtime.run(channel_account(runtime, item.channel_id)))
    if not far.account.enabled:
        runtime.run(_wait(runtime, work, item))
        return
    found: RawItem | Gone = far.call("fetch_order", external_id=work.payload["external_id"])
    reading = found if isinstance(found, Gone) else read_order(far, item, found)
    crash_point("fetch_order.fetched")
    runtime.run(_apply(runtime, work, far, item, reading))


async def _apply(runtime: Runtime, work: Work, far: FarSide, item: Item, reading: Reading) -> None:
    async with finishing(runtime, work) as session:
        if isinstance(reading, IncomingOrder):
            rules = await load_rules(session, far.account.id, defaults(far.manifest.vocabulary))
            arrival = Arrival(item_id=item.id, order=reading, received_at=item.received_at, authoritative=True)
            actor = connector_actor(far.account.connector, far.account.slug)
            await import_orders(session, actor, rules, [arrival])
        elif isinstance(reading, Settled):
            await settle(session, [reading])
        elif isinstance(reading, Gone):
            await gone(session, far, item, reading)
        crash_point("fetch_order.before_commit")


async def _wait(runtime: Runtime, work: Work, item: Item) -> None:
    """The store of a channel that is switched off is asked for nothing: the item waits until it is on again."""
    async with finishing(runtime, work) as session:
        await hold_causes(session, [DISABLED])
        if await session.scalar(select(Channel.enabled).where(Channel.id == item.channel_id)):
            await enqueue(session, work.consumer, f"inbox:{item.id}", dict(work.payload))
        else:
            await settle(session, [waiting(item, channel_disabled())])


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work):
        pass
