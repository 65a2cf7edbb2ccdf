"""How a channel's synchronisation is doing."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.models import SyncCursor
from domain.diary.entries import Note, open_standing
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.kernel.schedule import Schedule
from domain.reads.channel_health import ChannelHealth, channel_health
from tests.support.builders import make_channel
from tests.support.incoming import bring_one, incoming, line, map_cod


@pytest.mark.spec("SYN-7")
async def test_a_new_channel_has_nothing_to_tell(session: AsyncSession) -> None:
    shop = await make_channel(session)
    assert await channel_health(session, shop.id) == ChannelHealth(None, None, 0, 0, None)
    assert await channel_health(session, new_id()) is None


@pytest.mark.spec("SYN-7")
async def test_it_tells_of_successes_errors_waiting_items_and_the_next_run(session: AsyncSession) -> None:
    shop, other = await make_channel(session), await make_channel(session)
    await map_cod(session, shop)
    now = utc_now()
    for kind, age in (("fetch_orders", 90), ("push", 3600)):
        session.add(SyncCursor(channel_id=shop.id, kind=kind, last_success_at=now - timedelta(seconds=age)))
    for kind, minutes, enabled in (("fetch_orders", 4, True), ("push", 9, True), ("never", 1, False)):
        session.add(
            Schedule(
                kind=kind,
                subject_id=shop.id,
                every=timedelta(minutes=5),
                next_run_at=now + timedelta(minutes=minutes),
                enabled=enabled,
            )
        )
    await session.flush()
    for _ in range(2):
        await bring_one(session, shop, incoming(line("NOPE")))
    for channel in (shop, other):
        await open_standing(session, Note(channel_id=channel.id, cause="signature", message="wrong"))
    health = await channel_health(session, shop.id)
    assert health is not None
    assert health.last_success_at == now - timedelta(seconds=90)
    assert health.lag_seconds is not None and 90 <= health.lag_seconds < 100
    assert (health.open_errors, health.waiting) == (1, 2)
    assert health.next_run_at == now + timedelta(minutes=4)
