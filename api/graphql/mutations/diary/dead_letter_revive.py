"""deadLetterRevive."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.dead_letters import DeadLetterReviveInput, DeadLetterReviveResult
from domain.flows.revive_letters import ReviveLetters, revive_letters
from domain.kernel.actor import Permission
from domain.kernel.refusals import NotFound
from domain.reads.dead_letters import letter_id


async def _dead_letter_revive(info: Info, input: DeadLetterReviveInput) -> DeadLetterReviveResult:
    async def work(session: AsyncSession) -> Made:
        command = ReviveLetters(ids=_ids(input.ids or ()), everything=bool(input.all))
        return Made("DeadLettersRevived", {"count": await revive_letters(session, info.context.actor, command)})

    return await change(info, work)


def _ids(texts: Sequence[str]) -> list[int]:
    found = []
    for text in texts:
        number = letter_id(text)
        if number is None:
            raise NotFound("dead letter", text, path=("ids",))
        found.append(number)
    return found


field = root(
    _dead_letter_revive,
    permission=Permission.SYNC_RUN,
    description=(
        "Puts dead letters back to work, as new work, once the reason of their failure is mended. What fails again "
        "becomes a dead letter again. Repeated, it finds those that are there still."
    ),
)
