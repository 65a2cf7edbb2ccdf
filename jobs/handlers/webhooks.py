"""Keeping our webhooks alive at the channels: registered, with our address, switched on."""

import structlog

from jobs.accounts import channel_account, far_side
from jobs.runs import went_well
from jobs.runtime import Runtime
from jobs.work import Work, finishing

log = structlog.get_logger(__name__)


def ensure(runtime: Runtime, work: Work) -> None:
    """Has the connector put right what is missing there; without a public address there is nothing to register."""
    account = runtime.run(channel_account(runtime, work.id_of("channel_id")))
    far = far_side(runtime, account)
    if account.enabled and far.ctx.webhook_url is not None and far.supports("ensure_webhooks"):
        changes = far.call("ensure_webhooks")
        if changes:
            log.info("webhooks_put_right", channel=account.slug, changes=list(changes))
    runtime.run(_end(runtime, work))


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work) as session:
        await went_well(session, "ensure_webhooks", work.id_of("channel_id"))
