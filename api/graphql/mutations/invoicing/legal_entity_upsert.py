"""legalEntityUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.legal import LegalEntityInput, LegalEntityResult
from domain.invoicing.entities import UpsertLegalEntity, upsert_legal_entity
from domain.kernel.actor import Permission


async def _legal_entity_upsert(info: Info, input: LegalEntityInput) -> LegalEntityResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertLegalEntity(
            id=None if input.id is None else id_of(input.id, "legal entity"),
            name=input.name,
            tax_id=input.tax_id,
            registration_number=input.registration_number,
            address=input.address.told() if input.address else {},
            iban=input.iban,
            bank=input.bank,
            expected_version=input.expected_version,
        )
        return made("LegalEntity", (await upsert_legal_entity(session, info.context.actor, command)).id)

    return await change(info, work)


field = root(
    _legal_entity_upsert,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Makes a legal entity, or changes one to what is said here: found by its id, or by its name. Invoices that "
        "were issued keep what they say. Repeated, it changes nothing."
    ),
)
