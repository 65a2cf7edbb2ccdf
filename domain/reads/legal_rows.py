"""Legal entities and series of invoices, as rows for an answer: one statement each, the entity as JSON."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from domain.invoicing.models import InvoiceSeries, LegalEntity

from .rows import AnyRow, Rows

_FIELDS = ("id", "name", "tax_id", "registration_number", "address", "iban", "bank", "version")
ENTITY: ColumnElement[Any] = func.jsonb_build_object(
    *(part for name in _FIELDS for part in (name, LegalEntity.__table__.c[name]))
)
"""The legal entity of a statement, whole."""

_ENTITIES = select(ENTITY.label("legal_entity")).order_by(LegalEntity.name)
_ENTITY = _ENTITIES.where(LegalEntity.id == bindparam("id", type_=Uuid()))
_SERIES = (
    select(
        InvoiceSeries.prefix,
        InvoiceSeries.kind,
        InvoiceSeries.next_number,
        InvoiceSeries.version,
        ENTITY.label("legal_entity"),
    )
    .join(LegalEntity, LegalEntity.id == InvoiceSeries.legal_entity_id)
    .order_by(InvoiceSeries.prefix)
)
_ONE_SERIES = _SERIES.where(InvoiceSeries.prefix == bindparam("prefix"))


async def legal_entities(connection: AsyncConnection) -> Rows:
    """Every legal entity, by name."""
    return (await connection.execute(_ENTITIES)).all()


async def legal_entity(connection: AsyncConnection, key: Any) -> AnyRow:
    return (await connection.execute(_ENTITY, {"id": key})).one()


async def invoice_series(connection: AsyncConnection) -> Rows:
    """Every series, by prefix."""
    return (await connection.execute(_SERIES)).all()


async def one_series(connection: AsyncConnection, prefix: str) -> AnyRow:
    return (await connection.execute(_ONE_SERIES, {"prefix": prefix})).one()
