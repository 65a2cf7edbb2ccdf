"""The marks of erased persons, as they are kept."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.privacy.models import ErasureMark


async def remember_marks(session: AsyncSession, customer_id: UUID, erased_at: datetime, marks: Collection[str]) -> None:
    """Keeps them; of a mark that is kept already the latest erasure counts."""
    if marks:
        statement = insert(ErasureMark)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["mark"],
                set_={"customer_id": statement.excluded.customer_id, "erased_at": statement.excluded.erased_at},
            ),
            [{"mark": mark, "customer_id": customer_id, "erased_at": erased_at} for mark in sorted(marks)],
        )
