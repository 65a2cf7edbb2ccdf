"""Levels that do not add up, with the names that people know them by."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.stock.models import Warehouse
from domain.stock.prove import StockFault


class NamedFault(NamedTuple):
    warehouse: str
    sku: str
    fault: StockFault


async def named(session: AsyncSession, faults: Sequence[StockFault]) -> list[NamedFault]:
    """The faults by warehouse and SKU."""
    codes = {row[0]: row[1] for row in await session.execute(select(Warehouse.id, Warehouse.code))}
    ids = [fault.variant_id for fault in faults]
    skus = {row[0]: row[1] for row in await session.execute(select(Variant.id, Variant.sku).where(Variant.id.in_(ids)))}
    return sorted(NamedFault(codes[fault.warehouse_id], skus[fault.variant_id], fault) for fault in faults)
