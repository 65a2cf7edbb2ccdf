"""WooCommerce's JSON is loose: ids as texts, amounts as texts, null where an older version has "". Read leniently.

What cannot be read raises `NeedsHuman("payload:invalid")` naming the field.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from html import unescape
from typing import Any

from omnisales_sdk import NeedsHuman, RawItem

Json = Mapping[str, Any]


def unreadable(what: str, order: Any = None) -> NeedsHuman:
    where = f"order {order}: " if order else ""
    return NeedsHuman(
        "payload:invalid",
        f"{where}{what}",
        remedy="Look at the stored payload: a plugin of the store, or a proxy, writes what WooCommerce never does.",
    )


def amount(record: Json, field: str) -> Decimal:
    """An amount as WooCommerce writes it ("168.80"); nothing there is 0. Never negative zero."""
    value = record.get(field)
    if value is None or value == "":
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise unreadable(f"{field} is {value!r}, no amount")
    return number + 0


def text(record: Json, field: str) -> str:
    """A text for people: HTML entities decoded, no space around it; "" where there is none."""
    value = record.get(field)
    return "" if value is None else unescape(str(value)).strip()


def identity(value: Any) -> str | None:
    """An id as text; None for 0, "" and null, by which WooCommerce says that there is none."""
    return None if value in (None, 0, "", "0", False) else str(value)


def records(record: Json, field: str) -> list[Json]:
    """A list of objects; absent, null or another shape counts as empty."""
    value = record.get(field)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def mapping(record: Json, field: str) -> Json:
    # PHP writes an empty object as [].
    value = record.get(field)
    return value if isinstance(value, Mapping) else {}


def meta(record: Json, key: str) -> str:
    """The last meta value under a key, as text ("" when there is none): keys may repeat, values have any type."""
    found = [entry.get("value") for entry in records(record, "meta_data") if key and entry.get("key") == key]
    value = found[-1] if found else None
    if isinstance(value, str):
        return unescape(value).strip()
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def utc(record: Json, field: str) -> datetime | None:
    """A `*_gmt` date: UTC, although it carries no zone. The fields without `_gmt` are the shop's local time."""
    value = record.get(field)
    if not value:
        return None
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise unreadable(f"{field} is {value!r}, no time") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def stamp(at: datetime) -> str:
    """A time as WooCommerce writes and compares it: UTC, whole seconds, no zone; later is greater as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def version(order: Json) -> str | None:
    """`date_modified_gmt`, fixed in width; None where it cannot be read, so that one order never stops a page.

    A hint only: any save moves it, even an empty one.
    """
    try:
        at = utc(order, "date_modified_gmt") or utc(order, "date_created_gmt")
    except NeedsHuman:
        return None
    return None if at is None else stamp(at)


def raw_item(order: Json) -> RawItem:
    """The order as the host stores it: one form, whether it came by webhook, by poll or by itself.

    `_links` is left out: its addresses follow the way by which the store was asked, not the order.
    """
    external_id = identity(order.get("id"))
    if external_id is None or not external_id.isdigit():
        raise unreadable("an order without an id that is a number")
    kept = {name: value for name, value in order.items() if name != "_links"}
    body = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return RawItem(external_id=external_id, body=body, version=version(order))


def fingerprint(item: RawItem) -> str:
    return blake2b(item.body, digest_size=8).hexdigest()
