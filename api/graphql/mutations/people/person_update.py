"""personUpdate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonResult, PersonUpdateInput
from domain.access.people_rules import Person
from domain.access.update_user import UpdateUser, update_user
from domain.kernel.actor import Permission


async def _person_update(info: Info, input: PersonUpdateInput) -> PersonResult:
    async def work(session: AsyncSession) -> Made:
        command = UpdateUser(
            user_id=id_of(input.id, "person"),
            expected_version=input.expected_version,
            person=Person(
                email=input.email,
                name=input.name,
                roles=input.roles,
                seller=input.seller,
                own_orders_only=bool(input.own_orders_only),
                team=input.team,
            ),
        )
        return made("Person", (await update_user(session, info.context.actor, command)).id)

    result: PersonResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _person_update,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Writes who a person is and all their roles; it holds for their sessions within seconds; with another e-mail "
        "address, links that were mailed end. You can change only people whose roles you could give, and the last "
        "administrator stays one. Repeated with the new version, it changes nothing."
    ),
)
