"""apiKeyRevoke."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.access import ApiKeyResult
from domain.access.revoke_key import revoke_key
from domain.kernel.actor import Permission


async def _api_key_revoke(info: Info, id: strawberry.ID) -> ApiKeyResult:
    async def work(session: AsyncSession) -> Made:
        return made("ApiKey", (await revoke_key(session, info.context.actor, id_of(id, "API key"))).id)

    result: ApiKeyResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _api_key_revoke,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Ends a key for good, within seconds everywhere; one that may no more than you. Repeated, it changes nothing."
    ),
)
