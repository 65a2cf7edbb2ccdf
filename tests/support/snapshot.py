"""All that the database holds, as a digest per table: for showing that a refusal changed nothing."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.models import Base


async def snapshot(connection: AsyncSession | AsyncConnection) -> dict[str, str]:
    """A digest of each table's rows; sequences are left out, since numbers of orders may have gaps, and when a key was
    last used, which every call of it may write down."""
    if isinstance(connection, AsyncSession):
        await connection.flush()
    digests = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "api_key_uses":
            continue
        rows = f"SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {table.name} AS r"
        digests[table.name] = (await connection.execute(text(rows))).scalar_one()
    return digests
