"""channelCreate."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.accounts import channel_schedules, channel_syncs, checked_account
from api.graphql.answers import Made, made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.channel import ChannelCreateInput, ChannelResult, MappingsInput
from api.graphql.types.channel_settings import settings_as_told
from domain.channels.create import CreateChannel, create_channel, form_problems
from domain.channels.models import OWN_CHANNELS
from domain.channels.settings import Syncs
from domain.kernel.actor import Permission
from omnisales_sdk import Kind
from plugins.host import Host


async def _channel_create(info: Info, input: ChannelCreateInput) -> ChannelResult:
    services = info.context.services

    async def work(session: AsyncSession) -> Made:
        command = _command(input, services.host)
        return made("Channel", (await create_channel(session, info.context.actor, command, services.vault)).id)

    return await change(info, work)


def _command(input: ChannelCreateInput, host: Host) -> CreateChannel:
    account, mappings, business = None, given_mappings(input.mappings), settings_as_told(input)
    syncs = channel_syncs(host, input.connector) if input.connector is not None else Syncs()
    if input.connector is not None and input.connector not in OWN_CHANNELS:
        account = checked_account(
            host,
            input.connector,
            Kind.SALES_CHANNEL,
            input.settings,
            input.credentials,
            also=form_problems(input.slug, input.title, mappings, business, syncs),
        )
    return CreateChannel(
        slug=input.slug,
        title=input.title,
        connector=input.connector,
        settings=account.settings if account else {},
        credentials=account.credentials if account else {},
        settings_version=account.manifest.settings_version if account else 1,
        mappings=mappings,
        business=business,
        schedules=channel_schedules(host, account.manifest) if account else {},
        syncs=syncs,
    )


def given_mappings(input: MappingsInput | None) -> Mapping[str, object]:
    if input is None:
        return {}
    given = {
        "paymentMethods": input.payment_methods,
        "statusesIn": input.statuses_in,
        "statusesOut": input.statuses_out,
    }
    return {name: value for name, value in given.items() if value is not None}


field = root(
    _channel_create,
    permission=Permission.CHANNELS_EDIT,
    description=(
        "Makes a channel. Settings and credentials are checked against the connector's schemas, and every wrong field "
        "is named at once; credentials are kept encrypted and never returned. Its orders are polled from now on. "
        "Repeated, it is refused, since the slug is taken."
    ),
)
