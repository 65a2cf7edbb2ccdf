"""Reading legal entities and series."""

import strawberry

from api.graphql.context import Info
from api.graphql.fields import Rows, root
from api.graphql.types.legal import InvoiceSeries, LegalEntity, invoice_series, legal_entity
from domain.kernel.actor import Permission
from domain.reads import legal_rows


async def _legal_entities(info: Info) -> list[LegalEntity]:
    async with info.context.read() as connection:
        rows = await legal_rows.legal_entities(connection)
    return [legal_entity(row.legal_entity) for row in rows]


async def _invoice_series(info: Info) -> list[InvoiceSeries]:
    async with info.context.read() as connection:
        rows = await legal_rows.invoice_series(connection)
    return [invoice_series(row) for row in rows]


_legal_entities_field = root(
    _legal_entities,
    rows=Rows.CHANNELS,
    permission=Permission.CHANNELS_VIEW,
    size=5,
    description="Every legal entity that sells, by name; at most 200.",
)
_invoice_series_field = root(
    _invoice_series,
    permission=Permission.CHANNELS_VIEW,
    size=20,
    description="Every series of invoices and credit notes, by prefix; at most 2000.",
)


@strawberry.type
class InvoicingQueries:
    legal_entities: list[LegalEntity] = _legal_entities_field
    invoice_series: list[InvoiceSeries] = _invoice_series_field
