"""Orders in by poll: all that changed since the cursor, none skipped, and one order by its id."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from omnisales_sdk import Gone, Page, RawItem, TryLater, hookimpl

from .client import INVALID_ID, Answer, call
from .cursor import Cursor
from .keyset import Position, advanced, moved
from .settings import Ctx
from .statuses import TRASH
from .values import raw_item, stamp, unreadable, version

_BEGINNING = "1970-01-01T00:00:00"
_SECOND = timedelta(seconds=1)
_SMALLEST = 5
_SIZE = "page_size"


@hookimpl
def fetch_orders(ctx: Ctx, cursor: str | None) -> Page:
    """One page of orders changed since `cursor`, oldest change first, with the settings' overlap.

    Without a cursor it begins as far back as the settings say. Where they ask for nothing old, the orders that are
    there now are noted as known, so that only what changes from here on comes in.
    """
    if cursor is not None:
        page, _ = _step(ctx, Cursor.from_text(cursor))
        return page
    since = _asked_since(ctx)
    if since is not None:
        return Page(items=(), cursor=Cursor.starting_at(moved(since, -_SECOND)).to_text(), more=True)
    page, after = _step(ctx, _connecting(ctx))
    while page.more:
        page, after = _step(ctx, after)
    return Page(items=(), cursor=after.to_text(), more=False)


@hookimpl
def fetch_order(ctx: Ctx, external_id: str) -> RawItem | Gone:
    """One order as it is now; gone when it was deleted for good or lies in the bin."""
    answer = call(ctx, "GET", f"orders/{int(external_id)}", expected=frozenset({INVALID_ID}))
    if answer.code is not None:
        return Gone(external_id=external_id, reason="the store has deleted this order for good")
    if answer.record.get("status") == TRASH:
        return Gone(external_id=external_id, reason="the order lies in the store's bin")
    return raw_item(answer.record)


def _asked_since(ctx: Ctx) -> str | None:
    """From when on changes are imported at first, by the store's clock; None: nothing old."""
    if ctx.settings.import_since is not None:
        return stamp(ctx.settings.import_since)
    if not ctx.settings.import_days:
        return None
    now = _now(call(ctx, "GET", "orders", params=[("per_page", "1"), ("_fields", "id")])) or stamp(ctx.now())
    return moved(now, -timedelta(days=ctx.settings.import_days))


def _connecting(ctx: Ctx) -> Cursor:
    """The moment of connection, by the newest stamp that the store has set: its clock may be off, even from itself."""
    answer = call(ctx, "GET", "orders", params=[("orderby", "modified"), ("order", "desc"), ("per_page", "1")])
    if not answer.records:
        return Cursor.starting_at(_BEGINNING)
    newest = version(answer.records[0])
    if newest is None:
        raise unreadable("the store's newest order has no date_modified_gmt", answer.records[0].get("id"))
    return Cursor.starting_at(moved(min(newest, _now(answer) or newest), -_SECOND))


def _step(ctx: Ctx, cursor: Cursor) -> tuple[Page, Cursor]:
    overlap = timedelta(minutes=ctx.settings.overlap_minutes)
    position = cursor.begun(overlap)
    size = _page_size(ctx)
    answer = _page(ctx, position, size)
    items = tuple(raw_item(order) for order in answer.records)
    fresh = tuple(item for item in items if not cursor.is_known(item))
    top = max([cursor.top, *(item.version or "" for item in items)])
    full = bool(items) and (len(items) >= size or _pages(answer) > position.page)
    onward = advanced(position, _stamped(position, items), full=full)
    if onward is None:
        after = cursor.finished(items, top=top, now=_now(answer), overlap=overlap)
    else:
        after = cursor.read(items, top=top, position=onward)
    return Page(items=fresh, cursor=after.to_text(), more=onward is not None), after


def _stamped(position: Position, items: tuple[RawItem, ...]) -> list[tuple[int, str]]:
    """Ids and times of a page; an order whose time cannot be read stands where the one before it does."""
    rows: list[tuple[int, str]] = []
    last = moved(position.after, _SECOND)
    for item in items:
        last = item.version or last
        rows.append((int(item.external_id), last))
    return rows


def _page(ctx: Ctx, position: Position, size: int) -> Answer:
    params = [("orderby", "modified"), ("per_page", str(size)), *position.params("modified_after", "modified_before")]
    try:
        answer = call(ctx, "GET", "orders", params=params)
    except TryLater as error:
        # A big page is what cheap hosting gives up on. With a Retry-After the store is closed, not overworked.
        if error.after is None:
            _remember_size(ctx, max(_SMALLEST, size // 2))
        raise
    if size < ctx.settings.page_size:
        _remember_size(ctx, min(ctx.settings.page_size, size * 2))
    return answer


def _page_size(ctx: Ctx) -> int:
    stored = ctx.state.get(_SIZE)
    return min(ctx.settings.page_size, int(stored)) if stored else ctx.settings.page_size


def _remember_size(ctx: Ctx, size: int) -> None:
    """Kept beside the cursor, which does not move when a page fails. Losing a race here costs nothing."""
    ctx.state.set(_SIZE, str(size), expected=ctx.state.get(_SIZE))


def _pages(answer: Answer) -> int:
    """Past the end, and only there, WooCommerce says 0."""
    return _number(answer.headers, "x-wp-totalpages")


def _number(headers: Mapping[str, str], name: str) -> int:
    value = headers.get(name, "")
    return int(value) if value.isdigit() else 0


def _now(answer: Answer) -> str | None:
    """The store's clock when it answered."""
    try:
        return stamp(parsedate_to_datetime(answer.headers["date"]).replace(tzinfo=UTC))
    except (KeyError, ValueError):
        return None
