"""The house's own upkeep: what is old is folded, forgotten or let go: counts, keys, the feed, reservations of holds."""

from datetime import timedelta
from uuid import UUID

from domain.access.sessions import remove_ended
from domain.audit.retention import forget_before
from domain.changes.upkeep import forget_changes as forget_old
from domain.changes.upkeep import prepare_feed
from domain.flows.check_pre_orders import check_pre_order, near_pre_orders
from domain.flows.expire_holds import LIMIT, expire_hold, expired_holds
from domain.kernel.clock import utc_now
from domain.kernel.idempotency import forget_outcomes
from domain.orders.counts import fold_counts
from domain.procurement.tidy import tidy_requests
from jobs.environment import number
from jobs.runtime import Runtime
from jobs.work import Work, finishing

KEYS_KEPT = timedelta(days=7)


def fold(runtime: Runtime, work: Work) -> None:
    """Folds the appended changes of the queue's counts."""
    runtime.run(_fold(runtime, work))


async def _fold(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await fold_counts(session)


def forget_keys(runtime: Runtime, work: Work) -> None:
    """Forgets the outcomes of requests whose repetition is no longer recognised, sessions that ended long ago, and what
    the audit log keeps no longer."""
    runtime.run(_forget_keys(runtime, work))


async def _forget_keys(runtime: Runtime, work: Work) -> None:
    end = utc_now() - timedelta(days=number("OMNISALES_AUDIT_DAYS"))
    more = True
    while more:
        async with runtime.database.begin() as session:
            more = await forget_before(session, end) > 0
    more = True
    while more:
        async with runtime.database.begin() as session:
            more = await forget_outcomes(session, utc_now() - KEYS_KEPT) > 0
    async with finishing(runtime, work) as session:
        await remove_ended(session)


def forget_changes(runtime: Runtime, work: Work) -> None:
    """Forgets changes that are older than the feed is kept, a batch in each transaction."""
    runtime.run(_forget_changes(runtime, work))


async def _forget_changes(runtime: Runtime, work: Work) -> None:
    kept = timedelta(days=number("OMNISALES_FEED_DAYS"))
    more = True
    while more:
        async with runtime.database.begin() as session:
            more = await forget_old(session, kept) > 0
    async with finishing(runtime, work) as session:
        await prepare_feed(session)


def expire_holds(runtime: Runtime, work: Work) -> None:
    """Lets go what orders reserved that are on hold for too long, each in a transaction of its own."""
    runtime.run(_expire_holds(runtime, work))


async def _expire_holds(runtime: Runtime, work: Work) -> None:
    more = True
    while more:
        async with runtime.database.begin() as session:
            found = await expired_holds(session)
        let_go = 0
        for order_id in found:
            async with runtime.database.begin() as session:
                let_go += await expire_hold(session, order_id)
        more = len(found) == LIMIT and let_go > 0
    async with finishing(runtime, work):
        pass


def tidy_procurement(runtime: Runtime, work: Work) -> None:
    """Closes requests that nobody needs, and makes those that are missing."""
    runtime.run(_tidy_procurement(runtime, work))


async def _tidy_procurement(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await tidy_requests(session)


def check_pre_orders(runtime: Runtime, work: Work) -> None:
    """Looks at the stock of pre-orders whose date nears, each in a transaction of its own."""
    runtime.run(_check_pre_orders(runtime, work))


async def _check_pre_orders(runtime: Runtime, work: Work) -> None:
    last: UUID | None = None
    while True:
        async with runtime.database.begin() as session:
            found = await near_pre_orders(session, last)
        for order_id in found:
            async with runtime.database.begin() as session:
                await check_pre_order(session, order_id)
        if not found:
            break
        last = found[-1]
    async with finishing(runtime, work):
        pass
