"""Channels whose stored settings or credentials do not fit their connector."""

from uuid import UUID

from domain.diary.entries import Note

UNFIT = "settings"
"""The cause under which the diary tells of it."""


def unfit_note(channel_id: UUID, message: str) -> Note:
    """What the diary says; the message names the fields, and repeats no credential."""
    return Note(
        channel_id=channel_id,
        cause=UNFIT,
        message=message,
        remedy="Mend the fields in the channel's connection; what waits goes on by itself then. Nothing is lost "
        "meanwhile.",
    )
