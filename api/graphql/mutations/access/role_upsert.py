"""roleUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.access import RoleResult, RoleUpsertInput
from domain.access.upsert_role import UpsertRole, upsert_role
from domain.kernel.actor import Permission


async def _role_upsert(info: Info, input: RoleUpsertInput) -> RoleResult:
    async def work(session: AsyncSession) -> Made:
        command = UpsertRole(
            slug=input.slug,
            title=input.title,
            permissions=input.permissions,
            expected_version=input.expected_version,
        )
        return made("Role", (await upsert_role(session, info.context.actor, command)).id)

    result: RoleResult = await change(info, work)
    info.context.services.callers.forget()
    return result


field = root(
    _role_upsert,
    permission=Permission.ACCESS_EDIT,
    description=(
        "Makes a role, or writes its title and all its permissions. You can add and take away only permissions that "
        "you have. What it gives reaches those who hold it within seconds. Repeated, it changes nothing."
    ),
)
