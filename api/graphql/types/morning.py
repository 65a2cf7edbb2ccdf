"""The operator's morning page."""

from datetime import datetime

import strawberry

from api.graphql.fields import attribute
from domain.kernel.actor import Permission
from domain.reads.aging import OrderAging
from domain.reads.morning import MOST_CONFIRMED, MOST_COUNTED

from .diary import DiaryEntry
from .order import Order


@strawberry.type(description="One list of the morning page. The filter `aging` of `orders` opens the whole of it.")
class MorningSection:
    kind: OrderAging = attribute("Which list.")
    count: int = attribute(f"How many orders; counting ends at {MOST_COUNTED}.")
    more: bool = attribute("Whether there are more than were counted.")
    orders: list[Order] = attribute("The first of them, oldest first.", size=5)


@strawberry.type(description="An order whose confirmation took longer than the target.")
class LateConfirmation:
    order: Order = attribute("The order.")
    working_minutes: int = attribute("Working time from its entry to its confirmation.")


@strawberry.type(description="How fast orders were confirmed; the target is within two hours of working time.")
class ConfirmationTimes:
    since: datetime = attribute("Confirmed since then.")
    orders: int = attribute(f"How many were confirmed; the last {MOST_CONFIRMED} are looked at.")
    median_working_minutes: int | None = attribute("Half of them took at most this long; null: none was confirmed.")
    within_target: int = attribute("How many took no longer than the target.")
    late: list[LateConfirmation] = attribute("Those that took longest of the others.", size=5)


@strawberry.type(description="Errors of synchronisation that are open, or wait for their cause to be mended.")
class UnsettledSyncErrors:
    count: int = attribute(f"How many entries of the diary; counting ends at {MOST_COUNTED}.")
    entries: list[DiaryEntry] = attribute("The newest of them.", size=5)


@strawberry.type(description="What the operator looks at first in the morning.")
class Morning:
    at: datetime = attribute("When it was read.")
    sections: list[MorningSection] = attribute("The lists, in the order in which the guide has them worked.", size=10)
    confirmations: ConfirmationTimes = attribute("How fast orders were confirmed in the last days.")
    sync_errors: UnsettledSyncErrors = attribute(
        "Zero means that every order is flowing.", permission=Permission.SYNC_VIEW
    )
