"""The diary says a thing once, keeps it up to date, and closes it."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import Note, open_standing, resolve_standing
from domain.diary.models import DiaryEntry, DiaryState
from tests.support.builders import make_channel, make_order


async def entries(session: AsyncSession) -> list[DiaryEntry]:
    query = select(DiaryEntry).order_by(DiaryEntry.at, DiaryEntry.id).execution_options(populate_existing=True)
    return list(await session.scalars(query))


async def test_a_standing_entry_is_open_once_and_opens_anew_after_it_was_resolved(session: AsyncSession) -> None:
    shop = await make_channel(session)
    order = await make_order(session, channel=shop)
    note = Note(channel_id=shop.id, cause="push:status", message="503", external_id="7", order_id=order.id)
    await open_standing(session, note)
    await open_standing(session, replace(note, message="504", order_id=None))
    [entry] = await entries(session)
    assert (entry.message, entry.order_id, entry.state) == ("504", order.id, DiaryState.OPEN)
    await open_standing(session, replace(note, external_id="8"))
    await resolve_standing(session, shop.id, ["push:status"], "7")
    await open_standing(session, note)
    assert [(one.external_id, one.state) for one in await entries(session)] == [
        ("7", DiaryState.RESOLVED),
        ("8", DiaryState.OPEN),
        ("7", DiaryState.OPEN),
    ]


async def test_an_entry_of_the_channel_itself_has_no_external_id(session: AsyncSession) -> None:
    shop, other = await make_channel(session), await make_channel(session)
    for channel in (shop, shop, other):
        await open_standing(session, Note(channel_id=channel.id, cause="signature", message="wrong"))
    assert len(await entries(session)) == 2
    await resolve_standing(session, shop.id, ["signature"], None)
    assert {(one.channel_id, one.state) for one in await entries(session)} == {
        (shop.id, DiaryState.RESOLVED),
        (other.id, DiaryState.OPEN),
    }
