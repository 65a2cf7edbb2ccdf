"""Telling a person that an account does not fit its connector any more."""

from sqlalchemy import select

from domain.channels.unfit import UNFIT
from domain.diary.entries import Note, open_standing
from domain.diary.models import DiaryEntry, DiaryState

from .runtime import Runtime
from .signals import AccountUnfit

REMEDY = "Mend the fields in the channel's connection; what waits goes on by itself then. Nothing is lost meanwhile."


async def tell_unfit(runtime: Runtime, unfit: AccountUnfit) -> None:
    """Opens the channel's entry, once: much work may wait, and says the same again and again.

    The diary is about channels; of a courier account its own page tells, and the log.
    """
    if unfit.kind != "channel":
        return
    known = select(DiaryEntry.id).where(
        DiaryEntry.channel_id == unfit.account_id,
        DiaryEntry.cause == UNFIT,
        DiaryEntry.state == DiaryState.OPEN,
        DiaryEntry.message == str(unfit),
    )
    async with runtime.database.begin() as session:
        if await session.scalar(known.limit(1)) is None:
            await open_standing(
                session, Note(channel_id=unfit.account_id, cause=UNFIT, message=str(unfit), remedy=REMEDY)
            )
