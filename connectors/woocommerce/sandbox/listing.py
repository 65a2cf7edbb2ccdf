"""Lists: filtered, sorted, cut into pages by offset, with the headers that tell the rest.

Bounds are exclusive and know whole seconds. Past the end there is a 200 with [] and, as with the HPOS tables, totals of
0. Orders of one second have no order in the real store; here it is that of their ids, so that runs repeat.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from .params import Window, bound, ids, matches_status, statuses, window
from .shop import Shop
from .wire import HOME, Call, Doc, Reply, picked

_BOUNDS: tuple[tuple[str, str, bool], ...] = (
    ("after", "created", True),
    ("before", "created", False),
    ("modified_after", "modified", True),
    ("modified_before", "modified", False),
)
_SORTED_BY: dict[str, Callable[[Doc], Any]] = {
    "date": lambda entry: (entry["created"], entry["id"]),
    "modified": lambda entry: (entry["modified"], entry["id"]),
}
_SEARCHED = ("first_name", "last_name", "company", "email", "phone", "city", "address_1", "address_2")


def orders(shop: Shop, call: Call) -> list[Doc]:
    """The orders that pass the filters, unsorted."""
    asked = statuses(shop, call.params)
    found = [order for order in shop.orders.values() if matches_status(order["status"], asked)]
    return _searched(dated(shop, call, found), call.params.get("search", ""))


def dated(shop: Shop, call: Call, entries: list[Doc]) -> list[Doc]:
    """Filters by dates and ids, for whatever has `created` and `modified`."""
    for name, field, later in _BOUNDS:
        if name in call.params:
            limit = bound(shop, call.params, name)
            entries = [entry for entry in entries if _beyond(entry[field], limit, later=later)]
    if "include" in call.params:
        entries = [entry for entry in entries if entry["id"] in ids(call.params, "include")]
    if "exclude" in call.params:
        excluded = ids(call.params, "exclude")
        entries = [entry for entry in entries if entry["id"] not in excluded]
    return entries


def _beyond(at: datetime, limit: datetime, *, later: bool) -> bool:
    return at > limit if later else at < limit


def _searched(entries: list[Doc], text: str) -> list[Doc]:
    if not text:
        return entries
    wanted = text.lower()
    return [order for order in entries if wanted == str(order["id"]) or wanted in _words(order)]


def _words(order: Doc) -> str:
    return " ".join(str(order[kind].get(name, "")) for kind in ("billing", "shipping") for name in _SEARCHED).lower()


def page(
    call: Call,
    entries: Sequence[Doc],
    render: Callable[[Doc], Doc],
    *,
    statuses: Sequence[str] = (),
    defaults: Sequence[tuple[str, str]] = (),
) -> Reply:
    """One page. `statuses` and `defaults` are the parameters that WooCommerce adds to the addresses of other pages."""
    asked = window(call.params)
    rows = sorted(entries, key=_sorting(asked), reverse=asked.descending)
    start = (asked.page - 1) * asked.per_page
    shown = rows[start : start + asked.per_page]
    total = len(rows) if shown or asked.page == 1 else 0
    pages = -(-total // asked.per_page)
    headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    added = [(f"status[{place}]", status) for place, status in enumerate(statuses)]
    link = _links(call, asked, pages, [*added, *(defaults if shown else ())])
    body = picked([render(entry) for entry in shown], call.params.get("_fields"))
    return Reply(body=body, headers={**headers, "Link": link} if link else headers)


def _sorting(asked: Window) -> Callable[[Doc], Any]:
    return _SORTED_BY.get(asked.orderby, lambda entry: entry["id"])


def _links(call: Call, asked: Window, pages: int, added: list[tuple[str, str]]) -> str:
    """Other pages repeat all parameters, those of OAuth included. Past the end, "prev" is page 0."""
    found = []
    if asked.page > 1:
        found.append((min(asked.page - 1, pages), "prev"))
    if asked.page < pages:
        found.append((asked.page + 1, "next"))
    return ", ".join(f'<{_address(call, number, added)}>; rel="{rel}"' for number, rel in found)


def _address(call: Call, number: int, added: list[tuple[str, str]]) -> str:
    pairs = [
        (name, str(number) if name == "page" else value) for name, value in call.params.items() if name != "status"
    ]
    pairs = [(name, "1" if name == "dates_are_gmt" and value == "true" else value) for name, value in pairs]
    pairs += added if "page" in call.params else [*added, ("page", str(number))]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{HOME}{call.path.rstrip('/')}?{query}"
