"""Mutations of legal entities, series and invoices, one file each."""

import strawberry

from api.graphql.types.legal import InvoiceSeriesResult, LegalEntityResult
from api.graphql.types.order import OrderResult

from .invoice_issue import field as _invoice_issue
from .invoice_series_upsert import field as _invoice_series_upsert
from .legal_entity_upsert import field as _legal_entity_upsert


@strawberry.type
class InvoicingMutations:
    invoice_issue: OrderResult = _invoice_issue
    invoice_series_upsert: InvoiceSeriesResult = _invoice_series_upsert
    legal_entity_upsert: LegalEntityResult = _legal_entity_upsert
