"""Webhooks whose signature is wrong: nothing of them is stored, but many in a row are said."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.diary.entries import Note, open_standing, resolve_standing

from .models import Channel

IN_A_ROW = 10
CAUSE = "signature"


async def count_refused_signature(session: AsyncSession, channel: Channel, in_a_row: int) -> bool:
    """Opens a diary entry when `in_a_row` refused webhooks came without a good one between; says whether it did.

    The caller counts: it knows of webhooks that left no trace in the database.
    """
    if in_a_row < IN_A_ROW:
        return False
    await open_standing(
        session,
        Note(
            channel_id=channel.id,
            cause=CAUSE,
            message=f"{in_a_row} webhooks in a row came to {channel.title} with a wrong signature and were refused.",
            remedy="Compare the webhook's secret in the store with the one here. Polling brings the orders meanwhile.",
        ),
    )
    return True


async def signature_is_right(session: AsyncSession, channel: Channel) -> None:
    """A good webhook came after refused ones: the entry is closed."""
    await resolve_standing(session, channel.id, [CAUSE], None)
