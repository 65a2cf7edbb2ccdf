"""apiKeyCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.access import ApiKeyCreateInput, ApiKeyCreateResult
from domain.access.create_key import CreateKey, create_key
from domain.kernel.actor import Permission


async def _api_key_create(info: Info, input: ApiKeyCreateInput) -> ApiKeyCreateResult:
    async def work(session: AsyncSession) -> Made:
        command = CreateKey(
            name=input.name,
            permissions=input.permissions or (),
            roles=input.roles or (),
            expires_at=input.expires_at,
            team=input.team,
            seller=input.seller,
            own_orders_only=input.own_orders_only,
        )
        created = await create_key(session, info.context.actor, command)
        return Made("ApiKeyCreated", {"id": str(created.key.id)}, unkept={"secret": created.secret})

    return await change(info, work)


field = root(
    _api_key_create,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Makes a key for a program and shows its secret, once. Repeated under the same Idempotency-Key it shows the "
        "key without the secret; without one, it makes another."
    ),
)
