"""personEnable."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonResult
from domain.access.disable_user import enable_user
from domain.kernel.actor import Permission


async def _person_enable(info: Info, id: strawberry.ID, expected_version: int) -> PersonResult:
    async def work(session: AsyncSession) -> Made:
        person = id_of(id, "person")
        return made("Person", (await enable_user(session, info.context.actor, person, expected_version)).id)

    result: PersonResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _person_enable,
    permission=Permission.ACCESS_EDIT,
    description=("Lets a disabled person log in again, with the password that they had. Repeated, it changes nothing."),
)
