"""apiKeyRotate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change, id_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.access import ApiKeyRotateInput, ApiKeyRotateResult
from domain.access.rotate_key import rotate_key
from domain.kernel.actor import Permission


async def _api_key_rotate(info: Info, input: ApiKeyRotateInput) -> ApiKeyRotateResult:
    async def work(session: AsyncSession) -> Made:
        key_id = id_of(input.id, "API key")
        rotated = await rotate_key(session, info.context.actor, key_id, input.grace_hours)
        return Made("ApiKeyCreated", {"id": str(rotated.key.id)}, unkept={"secret": rotated.secret})

    answer: ApiKeyRotateResult = await change(info, work)
    info.context.services.callers.forget()
    return answer


field = root(
    _api_key_rotate,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Gives a key a new secret and shows it, once; the old one is taken for some hours more, a still older one no "
        "longer. Repeated without an Idempotency-Key, it makes another secret."
    ),
)
