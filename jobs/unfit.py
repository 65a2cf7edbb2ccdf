"""Telling a person that an account does not fit its connector any more."""

from sqlalchemy import select

from domain.channels.unfit import UNFIT, unfit_note
from domain.diary.entries import open_standing
from domain.diary.models import DiaryEntry, DiaryState

from .runtime import Runtime
from .signals import AccountUnfit


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
            await open_standing(session, unfit_note(unfit.account_id, str(unfit)))
