"""teamUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.team import TeamInput, TeamResult
from domain.kernel.actor import Permission
from domain.teams.upsert import UpsertTeam, upsert_team


async def _team_upsert(info: Info, input: TeamInput) -> TeamResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertTeam(
            slug=input.slug,
            title=input.title,
            channels=input.channels,
            expected_version=input.expected_version,
        )
        return made("Team", (await upsert_team(session, info.context.actor, command)).id)

    answer: TeamResult = await change(info, work)
    info.context.services.callers.forget()
    return answer


field = root(
    _team_upsert,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Makes a team, or writes its title and all its channels. It reaches its keys and people within seconds. "
        "Repeated, it changes nothing."
    ),
)
