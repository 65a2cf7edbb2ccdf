"""Dead letters are put back to work by a person (spec SYN-3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from domain.kernel.actor import Actor
from domain.kernel.outbox import MOST_REVIVED, revive, revive_all
from domain.kernel.refusals import invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviveLetters:
    """Exactly one of the two: letters by their ids, or all, at most `MOST_REVIVED` at once."""

    ids: Sequence[int] = ()
    everything: bool = False


async def revive_letters(session: AsyncSession, actor: Actor, command: ReviveLetters) -> int:
    """Makes new work of them; returns how many there were. Those that are gone already are left out, so that repeating
    does nothing twice. Raises `Invalid`.
    """
    if bool(command.ids) == command.everything:
        raise invalid(("ids",), "ONE_OF", "Give the ids of dead letters, or all: exactly one of the two.")
    if len(command.ids) > MOST_REVIVED:
        raise invalid(("ids",), "TOO_MANY", f"Give at most {MOST_REVIVED} ids, or all.")
    return await (revive_all(session) if command.everything else revive(session, command.ids))
