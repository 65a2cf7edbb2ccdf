"""The audit of imports: what arrived in a period, and where it is now, with nothing left over (architecture §1).

Two sums must hold. In items: received = imported + duplicate + superseded + waiting + ignored + refused + in progress.
In orders: distinct external orders = our orders + waiting + ignored + refused + in progress. And every state must be
true: what is in progress has somebody who will look at it, what waits has a cause, what was imported has its order.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import DateTime

from domain.kernel.clock import utc_now

SHOWN = 100
"""How many leftovers of a kind are named; the others are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSum:
    """Items of the period by what came of them; `oldest` is the age of the oldest that is in progress."""

    received: int
    imported: int
    duplicate: int
    superseded: int
    waiting: int
    ignored: int
    refused: int
    in_progress: int
    oldest: timedelta | None

    @property
    def accounted(self) -> int:
        """The right side of the sum."""
        outcomes = (self.imported, self.duplicate, self.superseded, self.ignored, self.refused)
        return sum(outcomes) + self.waiting + self.in_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSum:
    """External orders that the items of the period speak of. `orders` counts our orders themselves: one too many there
    is one that was made twice. `unnamed` are items that speak of no order, or of one that is not known yet."""

    external: int
    orders: int
    waiting: int
    ignored: int
    refused: int
    in_progress: int
    unnamed: int

    @property
    def accounted(self) -> int:
        """The right side of the sum."""
        return self.orders + self.waiting + self.ignored + self.refused + self.in_progress


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that does not add up: what is wrong, how often, and the first ids of it."""

    kind: str
    message: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAudit:
    """The proof for a period; `balanced` says that nothing is left over."""

    since: datetime
    until: datetime
    items: ItemSum
    orders: OrderSum
    leftovers: tuple[Leftover, ...]

    @property
    def balanced(self) -> bool:
        return (
            self.items.received == self.items.accounted
            and self.orders.external == self.orders.accounted
            and not self.leftovers
        )


async def audit_import(
    connection: AsyncConnection | AsyncSession, since: datetime, until: datetime, channel_id: UUID | None = None
) -> ImportAudit:
    """Audits what was received from `since` until before `until`, of one channel or of all.

    Each sum and each check is one statement, so that it holds while imports go on.
    """
    asked = {"since": since, "until": until, "channel": channel_id}
    items = (await connection.execute(_ITEMS, asked)).one()
    orders = (await connection.execute(_ORDERS, asked)).one()
    age = None if items.oldest is None else utc_now() - items.oldest
    leftovers = []
    for kind, (message, statement) in _CHECKS.items():
        ids = [str(row[0]) for row in await connection.execute(statement, asked)]
        if ids:
            leftovers.append(Leftover(kind, message, len(ids), tuple(ids[:SHOWN])))
    return ImportAudit(
        since=since,
        until=until,
        items=ItemSum(**{**items._mapping, "oldest": age}),
        orders=OrderSum(**orders._mapping),
        leftovers=tuple(leftovers),
    )


_PERIOD = """
    period AS (
        SELECT inbox.id, inbox.channel_id, inbox.external_id, inbox.state, inbox.order_id, inbox.reason, received_at
        FROM inbox
        WHERE inbox.channel_id IS NOT NULL AND received_at >= :since AND received_at < :until
          AND (CAST(:channel AS uuid) IS NULL OR inbox.channel_id = :channel)
    )
"""


def _over_period(body: str) -> TextClause:
    return text(f"WITH {_PERIOD} {body}").bindparams(
        bindparam("since", type_=DateTime(timezone=True)),
        bindparam("until", type_=DateTime(timezone=True)),
        bindparam("channel", type_=Uuid()),
    )


_ITEMS = _over_period("""
    SELECT count(*) AS received,
           count(*) FILTER (WHERE state = 'imported') AS imported,
           count(*) FILTER (WHERE state = 'duplicate') AS duplicate,
           count(*) FILTER (WHERE state = 'superseded') AS superseded,
           count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state = 'ignored') AS ignored,
           count(*) FILTER (WHERE state = 'refused') AS refused,
           count(*) FILTER (WHERE state = 'received') AS in_progress,
           min(received_at) FILTER (WHERE state = 'received') AS oldest
    FROM period
""")

_ORDERS = _over_period(""",
    named AS (
        SELECT channel_id, external_id,
               bool_or(state = 'waiting') AS waiting, bool_or(state = 'received') AS in_progress,
               bool_or(state = 'refused') AS refused
        FROM period WHERE external_id IS NOT NULL GROUP BY channel_id, external_id
    ), placed AS (
        SELECT named.*, (SELECT count(*) FROM orders WHERE orders.channel_id = named.channel_id
                         AND orders.external_id = named.external_id) AS orders
        FROM named
    )
    SELECT count(*) AS external,
           coalesce(sum(orders), 0)::bigint AS orders,
           count(*) FILTER (WHERE orders = 0 AND waiting) AS waiting,
           count(*) FILTER (WHERE orders = 0 AND NOT waiting AND in_progress) AS in_progress,
           count(*) FILTER (WHERE orders = 0 AND NOT waiting AND NOT in_progress AND refused) AS refused,
           count(*) FILTER (WHERE orders = 0 AND NOT waiting AND NOT in_progress AND NOT refused) AS ignored,
           (SELECT count(*) FROM period WHERE external_id IS NULL) AS unnamed
    FROM placed
""")

_CHECKS: dict[str, tuple[str, TextClause]] = {
    "forgotten": (
        "received, but nobody will look at it: no work and no dead letter is there for it",
        _over_period("""
            SELECT id FROM period WHERE state = 'received'
              AND NOT EXISTS (SELECT 1 FROM outbox WHERE aggregate = 'inbox:' || period.id)
              AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE aggregate = 'inbox:' || period.id)
        """),
    ),
    "waits_for_nothing": (
        "waits without a cause that could be mended",
        _over_period("""
            SELECT id FROM period WHERE state = 'waiting'
              AND NOT EXISTS (SELECT 1 FROM inbox_causes WHERE item_id = period.id)
        """),
    ),
    "waits_unseen": (
        "waits, and the diary does not say so",
        _over_period("""
            SELECT id FROM period WHERE state = 'waiting'
              AND EXISTS (SELECT 1 FROM inbox_causes WHERE item_id = period.id AND NOT EXISTS (
                  SELECT 1 FROM diary WHERE diary.item_id = period.id AND diary.cause = inbox_causes.cause
                    AND diary.state = 'WAITING'))
        """),
    ),
    "imported_without_order": (
        "imported, but its order is not there",
        _over_period("""
            SELECT id FROM period WHERE state = 'imported'
              AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = period.order_id)
        """),
    ),
    "unexplained": (
        "ignored or refused without a reason",
        _over_period("""
            SELECT id FROM period WHERE state IN ('ignored', 'refused') AND coalesce(reason, '') = ''
        """),
    ),
    "doubled": (
        "one external order became several orders",
        _over_period("""
            SELECT orders.external_id FROM orders
            WHERE (orders.channel_id, orders.external_id) IN (SELECT channel_id, external_id FROM period)
            GROUP BY orders.channel_id, orders.external_id HAVING count(*) > 1
        """),
    ),
    "unclaimed": (
        "an order that its external order does not point to, so that a later version would make another one",
        _over_period("""
            SELECT orders.id FROM orders
            WHERE (orders.channel_id, orders.external_id) IN (SELECT channel_id, external_id FROM period)
              AND NOT EXISTS (SELECT 1 FROM external_orders AS claim WHERE claim.channel_id = orders.channel_id
                              AND claim.external_id = orders.external_id AND claim.order_id = orders.id)
        """),
    ),
}
