"""Courier accounts."""

from api.graphql.context import Context
from api.graphql.types.ids import gid
from api.graphql.types.shipping import CourierAccount
from api.webhooks.addresses import courier_webhook
from domain.reads.rows import Rows

from .connections import make_connection, stored_account


def make_accounts(context: Context, rows: Rows) -> list[CourierAccount]:
    return [
        CourierAccount(
            key=row.id,
            id=gid(row.id),
            slug=row.slug,
            title=row.title,
            connector=row.connector,
            enabled=row.enabled,
            shipping_starts=row.shipping_starts,
            settings=row.settings,
            connection=make_connection(context.services, "courier", stored_account(row)),
            version=row.version,
            webhook_url=courier_webhook(context.services, context.base_url, row.slug, row.connector),
        )
        for row in rows
    ]
