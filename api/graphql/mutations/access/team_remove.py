"""teamRemove."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.team import TeamRemoveResult
from domain.access.remove_team import remove_team
from domain.kernel.actor import Permission


async def _team_remove(info: Info, id: strawberry.ID, expected_version: int | None = None) -> TeamRemoveResult:
    async def work(session: AsyncSession) -> Made:
        slug = await remove_team(session, info.context.actor, id_of(id, "team"), expected_version)
        return Made("TeamRemoved", {"slug": slug})

    answer: TeamRemoveResult = await change(info, work)
    info.context.services.callers.forget()
    return answer


field = root(
    _team_remove,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Removes a team that nobody is of. While somebody is, it is refused (TEAM_IN_USE): their view would widen. "
        "Repeated, it finds none."
    ),
)
