"""Groups of products, as rows for an answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from domain.catalog.models import ProductGroup

from .rows import Rows

_ABOVE = aliased(ProductGroup)
_GROUPS = (
    select(ProductGroup.id, ProductGroup.slug, ProductGroup.name, ProductGroup.version, _ABOVE.slug.label("parent"))
    .outerjoin(_ABOVE, _ABOVE.id == ProductGroup.parent_id)
    .order_by(ProductGroup.slug)
)
_BY_ID = _GROUPS.where(ProductGroup.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


async def product_groups(connection: AsyncConnection, ids: Sequence[UUID] | None = None) -> Rows:
    """Groups by slug, each with its parent's slug; all of them, or those of the ids."""
    if ids is None:
        return (await connection.execute(_GROUPS)).all()
    return (await connection.execute(_BY_ID, {"ids": list(ids)})).all()
