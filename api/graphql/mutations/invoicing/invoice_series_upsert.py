"""invoiceSeriesUpsert."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.legal import InvoiceSeriesInput, InvoiceSeriesResult
from domain.invoicing.series import UpsertSeries, upsert_series
from domain.kernel.actor import Permission
from domain.kernel.ids import parse_id
from domain.kernel.refusals import invalid


async def _invoice_series_upsert(info: Info, input: InvoiceSeriesInput) -> InvoiceSeriesResult:
    async def work(session: AsyncSession) -> Made:
        entity = parse_id(input.legal_entity)
        if entity is None:
            raise invalid(("legalEntity",), "NOT_FOUND", "That is no id of a legal entity.")
        command = UpsertSeries(
            prefix=input.prefix,
            legal_entity=entity,
            kind=input.kind.value if input.kind else None,
            next_number=input.next_number,
            expected_version=input.expected_version,
        )
        return Made("InvoiceSeries", {"prefix": (await upsert_series(session, info.context.actor, command)).prefix})

    return await change(info, work)


field = root(
    _invoice_series_upsert,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Makes a series of invoices or credit notes, or sets the number that it goes on with, which only grows, and "
        "only until something was issued in it. Its entity and kind are for good. Repeated, it changes nothing."
    ),
)
