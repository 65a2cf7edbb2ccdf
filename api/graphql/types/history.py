"""What happened to an order."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.graphql.fields import attribute


@strawberry.type(description="Something that happened to an order.")
class HistoryEntry:
    seq: int = attribute("From 1, without gaps.")
    at: datetime = attribute("When.")
    kind: str = attribute("What, in the past: order_created, status_changed...")
    actor: str = attribute("Who did it.")
    reason: str | None = attribute("Why, where it was said.")
    data: JSON | None = attribute("From what to what.")
    version: int | None = attribute("The order's version since then; null where it was not kept yet.")


def history_entry(row: Any) -> HistoryEntry:
    """An entry from its row."""
    return HistoryEntry(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        reason=row.reason,
        data=row.data,
        version=row.version,
    )
