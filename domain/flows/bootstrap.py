"""What every house begins with: a warehouse, a legal entity with its series, the staff's own channel, the roles."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.presets import ensure_roles
from domain.changes.upkeep import prepare_feed
from domain.channels.models import Channel, InvoiceAt
from domain.invoicing.models import InvoiceSeries, LegalEntity
from domain.kernel.clock import utc_now
from domain.kernel.ids import new_id
from domain.stock.models import Warehouse

MAIN_WAREHOUSE = "main"
OWN_COMPANY = "Own company"
INVOICE_PREFIX = "INV"
CREDIT_PREFIX = "CN"
STAFF_CHANNEL = "manual"

_FIRST_ENTITY = select(LegalEntity.id).order_by(LegalEntity.id).limit(1)


async def ensure_defaults(session: AsyncSession) -> None:
    """Makes what is missing; may run at every start, and by several processes at once."""
    await session.execute(
        insert(Warehouse)
        .values(id=new_id(), code=MAIN_WAREHOUSE, name="Main warehouse")
        .on_conflict_do_nothing(index_elements=["code"])
    )
    entity_id = await session.scalar(_FIRST_ENTITY)
    if entity_id is None:  # it may have been given its real name
        await session.execute(
            insert(LegalEntity).values(id=new_id(), name=OWN_COMPANY).on_conflict_do_nothing(index_elements=["name"])
        )
        entity_id = await session.scalar(_FIRST_ENTITY)
    for prefix in (INVOICE_PREFIX, CREDIT_PREFIX):
        await session.execute(
            insert(InvoiceSeries)
            .values(id=new_id(), legal_entity_id=entity_id, prefix=prefix, next_number=1)
            .on_conflict_do_nothing(index_elements=["prefix"])
        )
    now = utc_now()
    await session.execute(
        insert(Channel)
        .values(
            id=new_id(),
            slug=STAFF_CHANNEL,
            title="Staff",
            connector="manual",
            enabled=True,
            currency="RON",
            settings={},
            auto_confirm=False,
            auto_delivery_note=False,
            invoice_at=InvoiceAt.MANUAL,
            warehouse_id=select(Warehouse.id).where(Warehouse.code == MAIN_WAREHOUSE).scalar_subquery(),
            invoice_series_id=select(InvoiceSeries.id).where(InvoiceSeries.prefix == INVOICE_PREFIX).scalar_subquery(),
            credit_series_id=select(InvoiceSeries.id).where(InvoiceSeries.prefix == CREDIT_PREFIX).scalar_subquery(),
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=["slug"])
    )
    await ensure_roles(session)
    await prepare_feed(session)
