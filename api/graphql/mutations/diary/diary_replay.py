"""diaryReplay."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.diary import DiaryReplayInput, ReplayResult
from domain.flows.replay import Replay, replay
from domain.kernel.actor import Permission


async def _diary_replay(info: Info, input: DiaryReplayInput) -> ReplayResult:
    async def work(session: AsyncSession) -> Made:
        command = Replay(
            ids=[id_of(one, "diary entry", "ids") for one in input.ids or ()],
            cause=input.cause,
            everything=bool(input.all),
        )
        return Made("Replayed", {"count": await replay(session, info.context.actor, command)})

    return await change(info, work)


field = root(
    _diary_replay,
    rows=Rows.SCOPED,
    permission=Permission.SYNC_RUN,
    description=(
        "Puts waiting items back to work, each once: by diary entries, by cause, or all. What is not mended yet comes "
        "back to wait. Repeated, it finds nothing that waits, or what waits again."
    ),
)
