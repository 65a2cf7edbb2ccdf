"""Counts refused signatures: the tenth in a row is told in the diary, since it means a wrong secret or an intruder."""

from collections import Counter
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.metrics import WEBHOOKS_REFUSED
from domain.channels.models import Channel
from domain.channels.signatures import IN_A_ROW, count_refused_signature, signature_is_right
from domain.kernel.database import Database

from .accounts import CHANNEL, Addressee

log = structlog.get_logger(__name__)


class RefusedSignatures:
    """In a row, per account, in this process; a good signature begins the row anew and closes the diary's entry.

    Only every tenth refusal is written, so that a flood of them is no flood of writes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._in_a_row: Counter[tuple[str, str]] = Counter()

    async def accepted(self, addressee: Addressee) -> None:
        if self._in_a_row.pop((addressee.kind, addressee.slug), 0) >= IN_A_ROW:
            await self._write(addressee, signature_is_right)

    async def refused(self, addressee: Addressee) -> None:
        WEBHOOKS_REFUSED.labels("signature").inc()
        log.warning("webhook_signature_refused", kind=addressee.kind, account=addressee.slug)
        key = (addressee.kind, addressee.slug)
        self._in_a_row[key] += 1
        count = self._in_a_row[key]
        if count % IN_A_ROW == 0:
            await self._write(addressee, lambda session, channel: count_refused_signature(session, channel, count))

    async def _write(self, addressee: Addressee, say: Callable[[AsyncSession, Channel], Awaitable[object]]) -> None:
        """The diary is about channels. That it cannot be written now does not change the answer to the sender."""
        if addressee.kind != CHANNEL:
            return
        try:
            async with self._database.begin() as session:
                channel = await session.get(Channel, addressee.id)
                if channel is not None:
                    await say(session, channel)
        except (SQLAlchemyError, OSError) as error:
            log.warning("diary_not_written", error=type(error).__name__)
