"""The rows of external orders: the lock that makes each external order exactly one order, and what was last applied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, Text, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import DateTime

from .canonical import from_json
from .freshness import Seen
from .models import ExternalOrder
from .types import IncomingOrder

# The harmless update locks a row that is there already, and waits for one that another import is just inserting.
_LOCK = (
    text("""
    INSERT INTO external_orders (channel_id, external_id)
    SELECT :channel, external_id FROM unnest(:ids) AS wanted(external_id)
    ON CONFLICT (channel_id, external_id) DO UPDATE SET external_id = excluded.external_id
    RETURNING external_id, order_id, version, fingerprint, applied, gone_at, erased
""")
    .bindparams(bindparam("channel", type_=Uuid()), bindparam("ids", type_=ARRAY(Text())))
    .columns(
        ExternalOrder.external_id,
        ExternalOrder.order_id,
        ExternalOrder.version,
        ExternalOrder.fingerprint,
        ExternalOrder.applied,
        ExternalOrder.gone_at,
        ExternalOrder.erased,
    )
)

_TEXTS = ("ids", "versions", "fingerprints", "applied")
_APPLIED = text("""
    UPDATE external_orders AS kept
    SET order_id = applied.order_id, version = applied.version, fingerprint = applied.fingerprint,
        applied = applied.applied::jsonb, gone_at = applied.gone_at
    FROM unnest(:ids, :orders, :versions, :fingerprints, :applied, :gone)
        AS applied(external_id, order_id, version, fingerprint, applied, gone_at)
    WHERE kept.channel_id = :channel AND kept.external_id = applied.external_id
""").bindparams(
    bindparam("channel", type_=Uuid()),
    bindparam("orders", type_=ARRAY(Uuid())),
    bindparam("gone", type_=ARRAY(DateTime(timezone=True))),
    *(bindparam(name, type_=ARRAY(Text())) for name in _TEXTS),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an external order: our order, the state last applied, since when it is gone there, and whether
    its buyer was erased."""

    external_id: str
    order_id: UUID | None
    seen: Seen
    applied: dict[str, Any] | None
    gone_at: datetime | None
    erased: bool = False

    @property
    def base(self) -> IncomingOrder | None:
        """What the channel had said when it was last applied."""
        return None if self.applied is None else from_json(self.applied)


@dataclass(frozen=True, slots=True)
class Applied:
    """The state to keep as last applied."""

    external_id: str
    order_id: UUID
    seen: Seen
    applied: dict[str, Any]
    gone_at: datetime | None = None


async def lock_external_orders(
    session: AsyncSession, channel_id: UUID, external_ids: Collection[str]
) -> dict[str, Known]:
    """Locks these external orders until the transaction ends, in a fixed order, making the rows that are missing."""
    rows = await session.execute(_LOCK, {"channel": channel_id, "ids": sorted(set(external_ids))})
    return {row.external_id: _known(row) for row in rows}


async def keep_applied(session: AsyncSession, channel_id: UUID, applied: Sequence[Applied]) -> None:
    """Writes the states last applied; the rows must be locked."""
    if not applied:
        return
    await session.execute(
        _APPLIED,
        {
            "channel": channel_id,
            "ids": [one.external_id for one in applied],
            "orders": [one.order_id for one in applied],
            "versions": [one.seen.version for one in applied],
            "fingerprints": [one.seen.fingerprint for one in applied],
            "applied": [orjson.dumps(one.applied).decode() for one in applied],
            "gone": [one.gone_at for one in applied],
        },
    )


def _known(row: Row[Any]) -> Known:
    return Known(
        row.external_id, row.order_id, Seen(row.version, row.fingerprint), row.applied, row.gone_at, row.erased
    )
