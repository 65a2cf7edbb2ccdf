"""courierAccountUpdate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made, made
from api.graphql.change import change, id_of
from api.graphql.connections import patched, stored_of
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.connection import CourierAccountUpdateInput, CourierAccountUpdateResult
from domain.flows.accounts import lock_courier
from domain.flows.change_connection import change_connection
from domain.flows.update_courier_account import UpdateCourierAccount, update_courier_account, update_problems
from domain.kernel.actor import Permission
from domain.kernel.refusals import Invalid


async def _courier_account_update(info: Info, input: CourierAccountUpdateInput) -> CourierAccountUpdateResult:
    services = info.context.services
    command = UpdateCourierAccount(title=input.title, enabled=input.enabled, shipping_starts=input.shipping_starts)

    async def work(session: AsyncSession) -> Made:
        locked = await lock_courier(session, id_of(input.id, "courier account"), input.expected_version)
        problems = update_problems(command)
        if input.settings is not None or input.credentials is not None:
            connection = patched(
                services.host,
                stored_of(locked, services.vault),
                input.settings,
                input.credentials,
                also=problems,
            )
            await change_connection(session, info.context.actor, locked, connection, services.vault)
        elif problems:
            raise Invalid(problems)
        await update_courier_account(session, info.context.actor, locked, command)
        return made("CourierAccount", locked.account.id)

    return await change(info, work)


field = root(
    _courier_account_update,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Changes a courier account. When settings or credentials change, what waited for them goes on at once; AWBs "
        "that were refused are asked for again by a person. Another address needs the credentials again "
        "(ENTER_AGAIN). Repeated with the version that it left, it changes nothing."
    ),
)
