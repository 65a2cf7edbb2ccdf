"""personalDataErase."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.privacy import PersonalDataEraseInput, PersonalDataEraseResult
from domain.flows.privacy.erase import ErasePerson, erase_person
from domain.kernel.actor import Permission


async def _personal_data_erase(info: Info, input: PersonalDataEraseInput) -> PersonalDataEraseResult:
    async def work(session: AsyncSession) -> Made:
        command = ErasePerson(customer_id=id_of(input.customer, "customer", "customer"), reason=input.reason)
        return made("Erasure", (await erase_person(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _personal_data_erase,
    permission=Permission.PRIVACY_EDIT,
    description=(
        "Erases a person: from the customer at once, from orders, notes, history, payloads and all else within "
        "minutes. Orders keep what was bought, amounts, taxes and the country; issued invoices keep their buyer as "
        "long as the law demands. It cannot be undone. While orders are open, or something of the person's waits to "
        "be imported, it is refused as OrdersOpen. A repeat is answered with the first erasure."
    ),
)
