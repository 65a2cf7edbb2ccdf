"""Whose orders: customers and channels."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.blueprint import Plan
from api.graphql.context import Context
from api.graphql.lookahead import Selection
from api.graphql.types.channel import CHANNEL, Channel
from api.graphql.types.customer import CUSTOMER, Customer, CustomerGroup
from api.graphql.types.ids import gid
from api.graphql.types.order import Order
from api.webhooks.addresses import channel_webhook
from domain.channels.models import OWN_CHANNELS
from domain.metafields.models import Owner
from domain.reads.channel_rows import channels_by_id
from domain.reads.customer_rows import groups_of_customers
from domain.reads.order_rows import customers_by_id
from domain.reads.rows import AnyRow, Rows

from . import metafields
from .connections import make_connection, stored_account
from .mappings import fill_mappings


async def customers(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    """The customer of each order; null where there is none."""
    ids = list({order.customer_id for order in orders if order.customer_id is not None})
    found = await customers_by_key(connection, ids, below)
    for order in orders:
        order.customer = None if order.customer_id is None else found[order.customer_id]


async def customers_by_key(connection: AsyncConnection, ids: Sequence[UUID], below: Selection) -> dict[UUID, Customer]:
    """Customers by their ids."""
    plan = CUSTOMER.select(below)
    rows = await customers_by_id(connection, plan.columns, ids) if ids else []
    return {customer.key: customer for customer in await make_customers(connection, rows, below)}


async def make_customers(connection: AsyncConnection, rows: Rows, below: Selection) -> list[Customer]:
    """The customers of these rows (read by the columns of `CUSTOMER.select`), with what else is asked for."""
    plan = CUSTOMER.select(below)
    made = [plan.make(row) for row in rows]
    if "groups" in below and made:
        groups: dict[UUID, list[CustomerGroup]] = {customer.key: [] for customer in made}
        for row in await groups_of_customers(connection, list(groups)):
            groups[row.customer_id].append(customer_group(row))
        for customer in made:
            customer.groups = groups[customer.key]
    if "metafields" in below:
        await metafields.fill(connection, Owner.CUSTOMER, made)
    return made


def customer_group(row: AnyRow) -> CustomerGroup:
    return CustomerGroup(id=gid(row.id), slug=row.slug, name=row.name, version=row.version)


async def channels(context: Context, connection: AsyncConnection, orders: Sequence[Order], below: Selection) -> None:
    found = await channels_by_key(context, connection, [order.channel_id for order in orders], below)
    for order in orders:
        order.channel = found[order.channel_id]


async def channels_by_key(
    context: Context, connection: AsyncConnection, ids: Sequence[UUID], below: Selection
) -> dict[UUID, Channel]:
    """Channels by their ids, each once."""
    wanted = list(set(ids))
    plan = channel_plan(below)
    rows = await channels_by_id(connection, plan.columns, wanted) if wanted else []
    return {channel.key: channel for channel in await make_channels(context, connection, rows, below)}


_BY_CONNECTOR = {"webhookUrl", "connection", "mappings", "unmapped"}


def channel_plan(below: Selection) -> Plan[Channel]:
    return CHANNEL.select({*below, "slug", "connector"} if below.keys() & _BY_CONNECTOR else below)


async def make_channels(context: Context, connection: AsyncConnection, rows: Rows, below: Selection) -> list[Channel]:
    """The channels of these rows (read by `channel_plan`'s columns), with what else is asked for."""
    plan = channel_plan(below)
    made = [plan.make(row) for row in rows]
    if "connection" in below:
        for channel, row in zip(made, rows, strict=True):
            stored = stored_account(row)
            own = stored.connector in OWN_CHANNELS
            channel.connection = None if own else make_connection(context.services, "channel", stored)
    if "webhookUrl" in below:
        for channel in made:
            channel.webhook_url = channel_webhook(context.services, context.base_url, channel.slug, channel.connector)
    await fill_mappings(context, connection, made, below)
    return made
