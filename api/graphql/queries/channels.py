"""Reading channels, courier accounts and connectors."""

from collections.abc import Sequence

import strawberry
from strawberry.scalars import JSON

from api.graphql.context import Info, selected
from api.graphql.fields import Rows, root
from api.graphql.parts.accounts import make_accounts
from api.graphql.parts.people import channel_plan, make_channels
from api.graphql.types.channel import Channel, ChannelHealth, ChannelType
from api.graphql.types.connector import Connector
from api.graphql.types.shipping import CourierAccount
from domain.channels.models import PRE_ORDERS, TYPE_CODES
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.reads.channel_health import channel_health
from domain.reads.channel_rows import all_channels, courier_accounts
from omnisales_sdk import Kind
from plugins.host import Loaded, LoadFailure


async def _channels(info: Info) -> list[Channel]:
    asked = selected(info)
    async with info.context.read() as connection:
        rows = await all_channels(connection, channel_plan(asked).columns)
        return await make_channels(info.context, connection, rows, asked)


async def _accounts(info: Info) -> list[CourierAccount]:
    async with info.context.read() as connection:
        rows = await courier_accounts(connection)
    return make_accounts(info.context, rows)


async def _health(info: Info, id: strawberry.ID) -> ChannelHealth | None:
    key = parse_id(id)
    if key is None:
        return None
    async with info.context.read() as connection:
        found = await channel_health(connection, key)
    if found is None:
        return None
    return ChannelHealth(
        last_success_at=found.last_success_at,
        lag_seconds=found.lag_seconds,
        open_errors=found.open_errors,
        waiting=found.waiting,
        next_run_at=found.next_run_at,
    )


def _connectors(info: Info) -> list[Connector]:
    host = info.context.services.host
    return [*map(_loaded, host.connectors()), *_failed(host.failures())]


OWN_TYPES = {
    "manual": ("Manual", "Staff, in this house."),
    "portal": ("B2B portal", "Clients, in a portal of their own."),
    "api": ("Programs", "Other systems, through the API."),
    PRE_ORDERS: ("Pre-order", "Anybody, for delivery on a promised day."),
}
"""The house's own types of channels, for people."""


def _channel_types(info: Info) -> list[ChannelType]:
    own = [_channel_type(kind, title, words, own=True) for kind, (title, words) in OWN_TYPES.items()]
    loaded = info.context.services.host.connectors()
    shops = [one for one in loaded if Kind.SALES_CHANNEL in one.kinds and one.key not in OWN_TYPES]
    return own + [_channel_type(one.key, one.title, f"Buyers in {one.title}.", own=False) for one in shops]


def _channel_type(kind: str, title: str, words: str, *, own: bool) -> ChannelType:
    return ChannelType(kind=kind, title=title, description=words, type_code=TYPE_CODES.get(kind), own=own)


def _loaded(one: Loaded) -> Connector:
    return Connector(
        key=one.key,
        title=one.title,
        version=one.version,
        kinds=sorted(one.kinds),
        capabilities=list(one.capabilities),
        settings_schema=JSON(dict(one.settings_schema)),
        credentials_schema=JSON(dict(one.credentials_schema)),
        load_error=None,
    )


def _failed(failures: Sequence[LoadFailure]) -> list[Connector]:
    return [
        Connector(
            key=one.name,
            title=one.name,
            version=one.version,
            kinds=[],
            capabilities=[],
            settings_schema=JSON({}),
            credentials_schema=JSON({}),
            load_error=one.reason,
        )
        for one in failures
    ]


_channels_field = root(
    _channels,
    rows=Rows.SCOPED,
    permission=Permission.CHANNELS_VIEW,
    size=20,
    description="All channels, oldest first, the house's own ones too.",
)
_courier_accounts_field = root(
    _accounts,
    rows=Rows.NONE,
    permission=Permission.CHANNELS_VIEW,
    size=10,
    description="All courier accounts, oldest first.",
)
_connectors_field = root(
    _connectors,
    rows=Rows.NONE,
    permission=Permission.CHANNELS_VIEW,
    size=20,
    description="The connectors that are installed; those that could not be loaded say why.",
)
_channel_types_field = root(
    _channel_types,
    rows=Rows.NONE,
    permission=Permission.CHANNELS_VIEW,
    size=20,
    description="The types of channels that can be made: the house's own, and those of the connectors that run.",
)
_channel_health_field = root(
    _health,
    rows=Rows.CHANNELS,
    permission=Permission.SYNC_VIEW,
    description="How the synchronisation of a channel is doing; null if there is no such channel.",
)


@strawberry.type
class ChannelsQueries:
    channels: list[Channel] = _channels_field
    courier_accounts: list[CourierAccount] = _courier_accounts_field
    connectors: list[Connector] = _connectors_field
    channel_types: list[ChannelType] = _channel_types_field
    channel_health: ChannelHealth | None = _channel_health_field
