"""personSecondFactorReset."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonResult
from domain.access.manage_factor import reset_factor
from domain.kernel.actor import Permission


async def _person_second_factor_reset(
    info: Info, id: strawberry.ID, expected_version: int | None = None
) -> PersonResult:
    async def work(session: AsyncSession) -> Made:
        user = await reset_factor(session, info.context.actor, id_of(id, "person"), expected_version)
        return made("Person", user.id)

    return await change(info, work)


field = root(
    _person_second_factor_reset,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Takes the second factor of somebody away who lost phone and recovery codes, and whose roles you could give: "
        "make sure first that it is they who ask. Repeated, it changes nothing."
    ),
)
