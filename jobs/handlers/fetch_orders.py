"""Polling a channel for changed orders: the truth behind the hints that webhooks are (spec SYN-1)."""

from uuid import UUID, uuid5

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import Channel, SyncCursor, SyncRun
from domain.channels.unfit import UNFIT
from domain.diary.entries import Note, open_standing, resolve_standing
from domain.intake.models import Source
from domain.intake.store import NewItem, store_items
from domain.kernel.clock import utc_now
from domain.kernel.crash import crash_point, declare
from jobs.accounts import UNREADABLE, Account, FarSide, channel_account, far_side
from jobs.runs import went_well
from jobs.runtime import Runtime
from jobs.signals import LeaveAlone, NotNow, Taken
from jobs.work import Work, finishing
from omnisales_sdk import Page, SyncKind

from .intake import cause_of

log = structlog.get_logger(__name__)

declare("fetch_orders.fetched", "fetch_orders.before_commit", "fetch_orders.stored")

KIND = SyncKind.ORDERS.value
FAILED = "sync:orders"
_RUNS = UUID("5b0c7b57-57d0-4f0e-8f0c-2b0e6d0c9a11")


class StandsStill(Exception):  # noqa: N818 - a fault of the connector, named for the diary
    """The connector says that there is more, and does not get on."""


def fetch(runtime: Runtime, work: Work) -> None:
    """Fetches page after page until there is no more; one run of a channel at a time.

    A page's items and the cursor behind it are stored in one transaction: a page that fails leaves the cursor where it
    was, and what came before it is kept. What comes after the channel was changed is not stored: it may be another
    store's by now. It is fetched again as the channel is then.
    """
    account = runtime.run(channel_account(runtime, work.id_of("channel_id")))
    try:
        with runtime.hold(f"fetch_orders:{account.id}"):
            _fetch(runtime, work, far_side(runtime, account))
    except Taken as taken:
        raise LeaveAlone from taken


def _fetch(runtime: Runtime, work: Work, far: FarSide) -> None:
    if not (far.account.enabled and far.supports("fetch_orders")):
        runtime.run(_end(runtime, work, far.account, None))
        return
    run_id = _run_of(work)
    cursor = runtime.run(_begin(runtime, far.account.id, run_id))
    try:
        _pages(runtime, far, run_id, cursor)
    # Whatever broke the run, a bug of the connector too: the run shows why, and the frame judges the fault.
    except Exception as error:
        runtime.run(_failed(runtime, run_id, error))
        raise
    runtime.run(_end(runtime, work, far.account, run_id))


def _pages(runtime: Runtime, far: FarSide, run_id: UUID, cursor: str | None) -> None:
    while True:
        page: Page = far.call("fetch_orders", cursor=cursor)
        crash_point("fetch_orders.fetched")
        if page.more and page.cursor == cursor:
            raise StandsStill(f"{far.account.label} has more orders, but its cursor stays at {cursor!r}")
        runtime.run(_store(runtime, far.account, run_id, page))
        crash_point("fetch_orders.stored")
        cursor = page.cursor
        if not page.more:
            return


def _run_of(work: Work) -> UUID:
    """The run that was asked for; a scheduled one is named after its work, so that a repetition goes on with it."""
    return work.id_of("run_id") if "run_id" in work.payload else uuid5(_RUNS, str(work.id))


async def _begin(runtime: Runtime, channel_id: UUID, run_id: UUID) -> str | None:
    """Notes the start, and says where the channel stands."""
    now = utc_now()
    async with runtime.database.begin() as session:
        await session.execute(
            insert(SyncRun)
            .values(id=run_id, channel_id=channel_id, kind=KIND, requested_at=now, started_at=now, pages=0, items=0)
            .on_conflict_do_update(index_elements=["id"], set_={"started_at": now, "finished_at": None, "error": None})
        )
        return await session.scalar(
            select(SyncCursor.cursor).where(SyncCursor.channel_id == channel_id, SyncCursor.kind == KIND)
        )


async def _store(runtime: Runtime, account: Account, run_id: UUID, page: Page) -> None:
    async with runtime.database.begin() as session:
        await _unchanged(session, account)
        await store_items(
            session,
            [
                NewItem(
                    channel_id=account.id,
                    source=Source.POLL,
                    body=item.body,
                    external_id=item.external_id,
                    version=item.version,
                )
                for item in page.items
            ],
        )
        await _keep_cursor(session, account.id, cursor=page.cursor)
        await session.execute(
            update(SyncRun)
            .where(SyncRun.id == run_id)
            .values(pages=SyncRun.pages + 1, items=SyncRun.items + len(page.items))
        )
        crash_point("fetch_orders.before_commit")


async def _unchanged(session: AsyncSession, account: Account) -> None:
    """Raises `NotNow` where the channel is not any more what the store was called with. Until the transaction ends
    nobody changes it: who does waits for this lock.
    """
    version = select(Channel.version).where(Channel.id == account.id).with_for_update(read=True)
    if await session.scalar(version) != account.revision:
        raise NotNow(f"{account.label} was changed while its orders were fetched; they are fetched again as it is now.")


async def _keep_cursor(session: AsyncSession, channel_id: UUID, **values: object) -> None:
    await session.execute(
        insert(SyncCursor)
        .values(channel_id=channel_id, kind=KIND, **values)
        .on_conflict_do_update(index_elements=["channel_id", "kind"], set_=values)
    )


async def _failed(runtime: Runtime, run_id: UUID, error: Exception) -> None:
    async with runtime.database.begin() as session:
        values = {"finished_at": utc_now(), "error": cause_of(error).message}
        await session.execute(update(SyncRun).where(SyncRun.id == run_id).values(values))


async def _end(runtime: Runtime, work: Work, account: Account, run_id: UUID | None) -> None:
    """Ends the work; with a run, that went well."""
    now, channel_id = utc_now(), account.id
    async with finishing(runtime, work) as session:
        if run_id is not None:
            await _unchanged(session, account)
            await session.execute(update(SyncRun).where(SyncRun.id == run_id).values(finished_at=now))
            await _keep_cursor(session, channel_id, last_success_at=now)
            await went_well(session, "fetch_orders", channel_id)
            await resolve_standing(session, channel_id, (FAILED, UNREADABLE, UNFIT), None)


async def gave_up(runtime: Runtime, session: AsyncSession, work: Work, error: Exception) -> None:
    """A person is told why orders are not fetched; the next run that goes well takes it back."""
    cause = cause_of(error)
    await open_standing(
        session,
        Note(
            channel_id=work.id_of("channel_id"),
            cause=FAILED,
            message=f"Orders could not be fetched ({cause.key}): {cause.message}",
            remedy=cause.remedy,
        ),
    )
