"""What callers name by code and SKU, looked up."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.catalog.models import Variant
from domain.kernel.refusals import NotFound, invalid
from domain.kernel.texts import check_text, text_problem

from .models import Warehouse

DEFAULT_WAREHOUSE = "main"


async def warehouse_by_code(
    session: AsyncSession, code: str | None, *, takes_in: bool = False, field: str = "warehouse"
) -> UUID:
    """The warehouse's id (None: the main one). Raises NotFound, and Invalid where goods are to come in and it takes
    none."""
    code = code or DEFAULT_WAREHOUSE
    check_text(field, code)
    found = (await session.execute(select(Warehouse.id, Warehouse.active).where(Warehouse.code == code))).one_or_none()
    if found is None:
        raise NotFound("warehouse", code, path=(field,))
    warehouse_id, active = found
    if takes_in and not active:
        raise invalid((field,), "DISABLED", f"The warehouse {code} is switched off and takes nothing in.")
    return warehouse_id


async def variants_by_sku(session: AsyncSession, skus: Iterable[str]) -> dict[str, UUID]:
    """The variants that there are, by SKU."""
    sayable = {sku for sku in skus if text_problem(sku) is None}
    rows = await session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(sayable)))
    return {row[0]: row[1] for row in rows}


async def variant_by_sku(session: AsyncSession, sku: str) -> UUID:
    """The variant of a SKU. Raises Invalid (UNKNOWN_SKU)."""
    found = await variants_by_sku(session, [sku])
    if sku not in found:
        raise invalid(("sku",), "UNKNOWN_SKU", f"There is no SKU {sku}. Create the product first.")
    return found[sku]
