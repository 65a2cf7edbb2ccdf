"""What couriers push of their own accord: tracking events, found in the inbox."""

from uuid import UUID

import structlog

from domain.intake.models import InboxState
from domain.intake.settle import Settled, ignored, refused, settle
from jobs.accounts import courier_account, far_side
from jobs.reading import Item, delivery_of, unverified
from jobs.runtime import Runtime
from jobs.work import Work, finishing
from omnisales_sdk import NeedsHuman
from plugins.host import ConnectorBug

from .track import apply_updates

log = structlog.get_logger(__name__)


def take_in(runtime: Runtime, work: Work, item: Item) -> None:
    """Applies a courier's delivery. Events that were applied before change nothing, so that it may be repeated.

    It ends with the fault of a parcel that met one, after all the others: nobody tells these events again.
    """
    assert item.courier_account_id is not None
    runtime.run(_settle(runtime, work, _outcome(runtime, item, item.courier_account_id)))


def _outcome(runtime: Runtime, item: Item, account_id: UUID) -> Settled:
    far = far_side(runtime, runtime.run(courier_account(runtime, account_id)))
    if not item.verified and (no := unverified(far, item)) is not None:
        return no
    try:
        updates = far.call("parse_tracking", delivery=delivery_of(far, item))
    except (NeedsHuman, ConnectorBug) as error:
        log.error("tracking_not_read", account=far.account.slug, exc_info=error)
        return refused(item.id, None, str(error))
    applied = runtime.run(apply_updates(runtime, account_id, updates))
    if applied.faults:
        raise applied.faults[0]
    if not applied.ours:
        return ignored(item.id, None, "none of its parcels is ours")
    return Settled(item_id=item.id, channel_id=None, state=InboxState.IMPORTED)


async def _settle(runtime: Runtime, work: Work, outcome: Settled) -> None:
    async with finishing(runtime, work) as session:
        await settle(session, [outcome])
