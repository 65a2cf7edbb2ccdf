"""The whole catalogue, as the rows of its file: page by page, so that any size fits into little memory."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from domain.catalog.models import Product, ProductGroup, Variant
from domain.catalog.sheet import NUMBERS, PRODUCT_COLUMNS
from domain.kernel.database import Database

from .rows import AnyRow, AnySelect

PAGE = 2_000
_V = Variant.__table__.c
_FIRST = aliased(Variant)
_LEAD = select(_FIRST.sku).where(_FIRST.product_id == _V.product_id).order_by(_FIRST.id).limit(1).scalar_subquery()
_ROWS: AnySelect = (
    select(
        Variant.__table__,
        _LEAD.label("lead"),
        Product.name.label("product_name"),
        Product.description,
        Product.unit,
        Product.images,
        Product.option_names,
        ProductGroup.slug.label("group"),
    )
    .join(Product, Product.id == _V.product_id)
    .outerjoin(ProductGroup, ProductGroup.id == Product.group_id)
    .order_by(_V.product_id, _V.id)
    .limit(PAGE)
)
_AFTER = _ROWS.where(
    tuple_(_V.product_id, _V.id) > tuple_(bindparam("product", type_=Uuid()), bindparam("variant", type_=Uuid()))
)


async def exported_pages(database: Database) -> AsyncIterator[list[Mapping[str, Any]]]:
    """Rows by column of the file; each product's lead before its other variants."""
    last: AnyRow | None = None
    while True:
        async with database.read() as connection:
            if last is None:
                rows = (await connection.execute(_ROWS)).all()
            else:
                rows = (await connection.execute(_AFTER, {"product": last.product_id, "variant": last.id})).all()
        if rows:
            yield [_row(row) for row in rows]
        if len(rows) < PAGE:
            return
        last = rows[-1]


def _row(row: AnyRow) -> Mapping[str, Any]:
    is_lead = row.lead == row.sku
    whole = {column: getattr(row, column) if is_lead else None for column in PRODUCT_COLUMNS}
    return {
        "sku": row.sku,
        "name": row.name,
        "variant_of": None if is_lead else row.lead,
        "options": list(zip(row.option_names, row.options, strict=False)),
        **whole,
        "barcode": row.barcode,
        **{column: getattr(row, column) for column in NUMBERS},
        "currency": row.currency,
        "active": row.active,
    }
