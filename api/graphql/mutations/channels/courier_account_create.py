"""courierAccountCreate."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.accounts import TRACK, TRACK_EVERY, checked_account
from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.shipping import CourierAccountInput, CourierAccountResult
from domain.kernel.actor import Permission
from domain.shipping.accounts import CreateCourierAccount, create_account, form_problems
from domain.shipping.models import ShippingStarts
from omnisales_sdk import Kind


async def _courier_account_create(info: Info, input: CourierAccountInput) -> CourierAccountResult:
    services = info.context.services

    async def work(session: AsyncSession) -> Made:
        account = checked_account(
            services.host,
            input.connector,
            Kind.COURIER,
            input.settings,
            input.credentials,
            also=form_problems(input.slug, input.title),
        )
        command = CreateCourierAccount(
            slug=input.slug,
            title=input.title,
            connector=input.connector,
            settings=account.settings,
            credentials=account.credentials,
            settings_version=account.manifest.settings_version,
            shipping_starts=input.shipping_starts or ShippingStarts(account.manifest.shipping_starts.value),
            track_every=TRACK_EVERY if services.host.supports(input.connector, TRACK) else None,
        )
        return made("CourierAccount", (await create_account(session, info.context.actor, command, services.vault)).id)

    return await change(info, work)


field = root(
    _courier_account_create,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Makes a courier account. Settings and credentials are checked against the connector's schemas, and every "
        "wrong field is named at once; credentials are kept encrypted and never returned. Repeated, it is refused, "
        "since the slug is taken."
    ),
)
