"""The morning page: counts and first rows of all that wants somebody."""

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from api.graphql.context import Context, Info, selected
from api.graphql.fields import root
from api.graphql.lookahead import Selection, below
from api.graphql.parts.diary import make_entries
from api.graphql.parts.orders import orders_by_key
from api.graphql.types.morning import ConfirmationTimes, LateConfirmation, Morning, MorningSection, UnsettledSyncErrors
from domain.calendar.set import calendar_of
from domain.kernel.actor import Permission
from domain.kernel.clock import utc_now
from domain.kernel.refusals import invalid
from domain.reads import diary_page, keyset
from domain.reads.aging import OrderAging
from domain.reads.morning import MOST_COUNTED, Confirmations, Section, confirmations, morning_sections

MOST_ROWS = 20
MOST_DAYS = 92


async def _morning(info: Info, first: int = 5, days: int = 7) -> Morning:
    if not 0 <= first <= MOST_ROWS:
        raise invalid(("first",), "OUT_OF_RANGE", f"first is {first}: ask for 0 to {MOST_ROWS} rows of each list.")
    if not 1 <= days <= MOST_DAYS:
        raise invalid(("days",), "OUT_OF_RANGE", f"days is {days}: ask for 1 to {MOST_DAYS} days.")
    context, asked, now = info.context, selected(info), utc_now()
    async with context.read() as connection:
        calendar = (await calendar_of(connection)).calendar
        sections = await morning_sections(
            connection, tuple(OrderAging) if "sections" in asked else (), now, calendar, first
        )
        times = await confirmations(connection, now, days, calendar, first) if "confirmations" in asked else None
        return Morning(
            at=now,
            sections=await _made(context, connection, sections, below(asked, "sections", "orders")),
            confirmations=await _times(context, connection, times, below(asked, "confirmations", "late", "order")),
            sync_errors=await _errors(context, connection, first, below(asked, "syncErrors")),
        )


async def _made(
    context: Context, connection: AsyncConnection, sections: list[Section], asked: Selection
) -> list[MorningSection]:
    ids = [one for section in sections for one in section.first] if asked else []
    orders = await orders_by_key(context, connection, ids, asked)
    return [
        MorningSection(
            kind=section.kind,
            count=section.count,
            more=section.more,
            orders=[orders[one] for one in section.first if one in orders],
        )
        for section in sections
    ]


async def _times(
    context: Context, connection: AsyncConnection, times: Confirmations | None, asked: Selection
) -> ConfirmationTimes:
    if times is None:
        return ConfirmationTimes(since=utc_now(), orders=0, median_working_minutes=None, within_target=0, late=[])
    orders = await orders_by_key(context, connection, [one for one, _ in times.late], asked)
    return ConfirmationTimes(
        since=times.since,
        orders=times.orders,
        median_working_minutes=None if times.median is None else int(times.median.total_seconds() // 60),
        within_target=times.within_target,
        late=[
            LateConfirmation(order=orders[one], working_minutes=int(took.total_seconds() // 60))
            for one, took in times.late
            if one in orders
        ],
    )


async def _errors(context: Context, connection: AsyncConnection, first: int, asked: Selection) -> UnsettledSyncErrors:
    if not asked:
        return UnsettledSyncErrors(count=0, entries=[])
    count = await diary_page.count_unsettled(connection, MOST_COUNTED) if "count" in asked else 0
    entries = []
    if "entries" in asked and first:
        window = keyset.window(diary_page.NEWEST, first=first, after=None, last=None, before=None)
        page = await diary_page.diary_page(connection, window, diary_page.DiaryFilter(state=("OPEN", "WAITING")))
        entries = await make_entries(context, connection, page.rows, below(asked, "entries"))
    return UnsettledSyncErrors(count=count, entries=entries)


_morning_field = root(
    _morning,
    permission=Permission.ORDERS_VIEW,
    description=(
        f"What wants somebody this morning. `first` (0 to {MOST_ROWS}) rows of each list; `days` (1 to {MOST_DAYS}) "
        "back for the times of confirmation."
    ),
)


@strawberry.type
class MorningQueries:
    morning: Morning = _morning_field
