"""personPasswordSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonPasswordSetInput, PersonResult
from domain.access.set_password import SetPassword, set_password
from domain.kernel.actor import Permission


async def _person_password_set(info: Info, input: PersonPasswordSetInput) -> PersonResult:
    info.context.idempotency_key = None  # its record would hold a fast hash of the password

    async def work(session: AsyncSession) -> Made:
        command = SetPassword(
            user_id=id_of(input.id, "person"), expected_version=input.expected_version, password=input.password
        )
        return made(
            "Person", (await set_password(session, info.context.actor, info.context.services.passwords, command)).id
        )

    result: PersonResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _person_password_set,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Sets the password of somebody whose roles you could give, opens their account if it is locked, and ends all "
        "that they have open. The version makes a repeat harmless; it takes no Idempotency-Key."
    ),
)
