"""Views that somebody sees: their own, and those that others share."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kernel.actor import Actor

from .models import OrderView
from .save import owner_of

MAX_LISTED = 500

_V = OrderView.__table__.c


async def views_for(connection: AsyncConnection, actor: Actor) -> list[dict[str, object]]:
    """The actor's own views by name, then those that others share, the last changed first; at most 500."""
    mine = _V.owner == owner_of(actor)
    statement = (
        select(*_V).where(or_(mine, _V.shared)).order_by(mine.desc(), _V.updated_at.desc(), _V.id).limit(MAX_LISTED)
    )
    rows = [dict(row._mapping) for row in await connection.execute(statement)]
    own = sorted((row for row in rows if row["owner"] == owner_of(actor)), key=lambda row: str(row["name"]))
    return own + [row for row in rows if row["owner"] != owner_of(actor)]
