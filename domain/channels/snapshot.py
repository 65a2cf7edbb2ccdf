"""A channel's settings as the audit log shows them: by their names in the API, things by their words."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.models import CustomerGroup
from domain.invoicing.models import InvoiceSeries, LegalEntity
from domain.kernel.database import Json
from domain.kernel.money import plain
from domain.pricing.models import PriceList
from domain.stock.models import Warehouse

from .models import Channel, ChannelClientGroup
from .settings import SHOWN

CLIENT_GROUPS = (
    select(func.array_agg(aggregate_order_by(CustomerGroup.slug, CustomerGroup.slug)))
    .join(ChannelClientGroup, ChannelClientGroup.group_id == CustomerGroup.id)
    .where(ChannelClientGroup.channel_id == Channel.id)
    .scalar_subquery()
)
"""The slugs of a channel's client groups; null where it has none."""

WAREHOUSE = select(Warehouse.code).where(Warehouse.id == Channel.warehouse_id).scalar_subquery()
PRICE_LIST = select(PriceList.slug).where(PriceList.id == Channel.price_list_id).scalar_subquery()
INVOICE_SERIES = select(InvoiceSeries.prefix).where(InvoiceSeries.id == Channel.invoice_series_id).scalar_subquery()
CREDIT_SERIES = select(InvoiceSeries.prefix).where(InvoiceSeries.id == Channel.credit_series_id).scalar_subquery()
_ENTITY = (
    select(LegalEntity.name)
    .join(InvoiceSeries, InvoiceSeries.legal_entity_id == LegalEntity.id)
    .where(InvoiceSeries.id == Channel.invoice_series_id)
    .scalar_subquery()
)
_FEE = ("delivery_fee", "delivery_fee_tax_rate", "free_delivery_from")
_JOINED = {
    "client_groups": CLIENT_GROUPS,
    "warehouse": WAREHOUSE,
    "price_list": PRICE_LIST,
    "invoice_series": INVOICE_SERIES,
    "credit_series": CREDIT_SERIES,
    "legal_entity": _ENTITY,
}
_SETTINGS: Select[Any] = select(
    *(Channel.__table__.c[name] for name in (*(name for name in SHOWN if name not in _JOINED), *_FEE[1:])),
    *(column.label(name) for name, column in _JOINED.items()),
)


async def settings_of(session: AsyncSession, channel_id: UUID) -> Json:
    """Every business setting as it is in the database now."""
    row = (await session.execute(_SETTINGS.where(Channel.id == channel_id))).one()
    fee = [None if (value := getattr(row, name)) is None else plain(value) for name in _FEE]
    shown = {api: getattr(row, name) for name, api in SHOWN.items()}
    return {
        **shown,
        "deliveryFee": None if fee[0] is None else dict(zip(("amount", "taxRate", "freeFrom"), fee, strict=True)),
    }
