"""What the store knows: orders, products, hooks, keys, its clock. In memory, touched by one event loop only."""

import json
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .wire import Doc

CORE_STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft")
HIDDEN_STATUSES = frozenset({"trash", "auto-draft"})
"""In no list unless they are asked for."""

Mode = Literal["normal", "maintenance", "database_down", "php_notices"]


@cache
def _recorded(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def recorded(name: str) -> Any:
    """A file of recorded bodies beside this module, as a fresh copy."""
    return json.loads(_recorded(name))


@dataclass(kw_only=True, slots=True)
class Hook:
    """A webhook. `failures` is not shown by the API, and survives a reactivation."""

    id: int
    name: str
    topic: str
    url: str
    secret: str
    status: str = "active"
    created: datetime
    modified: datetime | None = None
    failures: int = 0
    ping_owed: bool = True


@dataclass(kw_only=True)
class Shop:
    """The store's state. `now` is the server's clock, `skew` how far the store's own stamps are off it."""

    now: Callable[[], datetime]
    zone: ZoneInfo
    home: str | None = None
    """The store's own address, where it is set; else the one by which it was asked last, in `asked_at`."""
    asked_at: str = ""
    skew: timedelta = timedelta()
    mode: Mode = "normal"
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    orders: dict[int, Doc] = field(default_factory=dict)
    products: dict[int, Doc] = field(default_factory=dict)
    notes: defaultdict[int, list[Doc]] = field(default_factory=lambda: defaultdict(list))
    hooks: dict[int, Hook] = field(default_factory=dict)
    coupons: dict[str, Doc] = field(default_factory=dict)
    tax_rates: list[Doc] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    reference: Doc = field(default_factory=dict)
    prices_include_tax: bool = True
    pending: dict[tuple[int, int], None] = field(default_factory=dict)
    """Deliveries that wait, oldest first, as (hook, object): one, however many events it stands for."""
    writes: defaultdict[int, list[Doc]] = field(default_factory=lambda: defaultdict(list))
    """What was written to an order through the API, for tests that count pushes."""
    shifts: deque[int] = field(default_factory=deque)
    """Orders that somebody saves while a list is read: one behind each page."""
    requests: int = 0
    sent: int = 0
    post_ids: Iterator[int] = field(default_factory=lambda: count(21))
    item_ids: Iterator[int] = field(default_factory=lambda: count(1))
    meta_ids: Iterator[int] = field(default_factory=lambda: count(1001))
    note_ids: Iterator[int] = field(default_factory=lambda: count(2))
    hook_ids: Iterator[int] = field(default_factory=lambda: count(1))
    nonces: dict[tuple[str, str], int] = field(default_factory=dict)

    def gmt(self) -> datetime:
        """The store's clock: whole seconds, UTC."""
        return (self.now() + self.skew).astimezone(UTC).replace(microsecond=0)

    def local(self, at: datetime | None) -> str | None:
        """The shop's local time, without a zone: what fields without `_gmt` hold."""
        return None if at is None else at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S")

    def meta(self, key: str, value: Any) -> Doc:
        return {"id": next(self.meta_ids), "key": key, "value": value}

    def happened(self, topic: str, number: int) -> None:
        """Queues a delivery to each active hook of a topic; one that waits already stands for this event too."""
        for hook in self.hooks.values():
            if hook.status == "active" and hook.topic == topic:
                self.pending.setdefault((hook.id, number))

    def note(self, order: int, text: str, *, to_customer: bool = False) -> Doc:
        entry = {"id": next(self.note_ids), "at": self.gmt(), "note": text, "customer_note": to_customer}
        self.notes[order].append(entry)
        return entry


def gmt(at: datetime | None) -> str | None:
    """UTC without a Z, as all `*_gmt` fields are written."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def read_gmt(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def order_key() -> str:
    return f"wc_order_{secrets.token_hex(7)[:13]}"


def open_shop(
    *,
    now: Callable[[], datetime],
    zone: str,
    home: str | None,
    keys: dict[str, tuple[str, str]],
) -> Shop:
    """The recorded store on its first morning: products, coupons, taxes and customers, no orders yet."""
    data = recorded("shop.json")
    return Shop(
        now=now,
        zone=ZoneInfo(zone),
        home=home,
        keys=dict(keys),
        products={product["id"]: product for product in data["products"]},
        coupons={coupon["code"]: coupon for coupon in data["coupons"]},
        tax_rates=data["tax_rates"],
        statuses={status["slug"]: status["name"] for status in data["statuses"]},
        reference=deepcopy(data),
    )
