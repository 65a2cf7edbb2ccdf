"""personCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.person import PersonCreateInput, PersonCreateResult
from domain.access.create_user import CreateUser, create_user
from domain.access.people_rules import Person
from domain.kernel.actor import Permission


async def _person_create(info: Info, input: PersonCreateInput) -> PersonCreateResult:
    info.context.idempotency_key = None  # its record would hold a fast hash of the password

    async def work(session: AsyncSession) -> Made:
        person = Person(
            email=input.email,
            name=input.name,
            roles=input.roles or (),
            seller=input.seller,
            own_orders_only=bool(input.own_orders_only),
            team=input.team,
        )
        command = CreateUser(person=person, password=input.password)
        return made(
            "Person", (await create_user(session, info.context.actor, info.context.services.passwords, command)).id
        )

    return await change(info, work)


field = root(
    _person_create,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Makes a person of the staff. A second one with the same address is refused, so it needs no Idempotency-Key, "
        "and takes none."
    ),
)
