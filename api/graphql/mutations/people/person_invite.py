"""personInvite."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonResult
from domain.access.reset_password import ask_invitation, check_mail
from domain.kernel.actor import Permission


async def _person_invite(info: Info, id: strawberry.ID) -> PersonResult:
    async def work(session: AsyncSession) -> Made:
        check_mail(info.context.services.settings)
        return made("Person", (await ask_invitation(session, info.context.actor, id_of(id, "person"))).id)

    return await change(info, work)


field = root(
    _person_invite,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Sends somebody who has no password yet a link by which they set one, good for seven days. At most 5 "
        "invitations an hour for a person. A repeat sends another mail, with which the earlier links end."
    ),
)
