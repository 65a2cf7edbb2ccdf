"""The day's plan, from data/day.json: who orders what, and what is to become of it."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Doc = dict[str, Any]

_SHIPPING = {"method_id": "flat_rate", "method_title": "Curier rapid", "instance_id": "1", "total": "16.53"}
_TITLES = {"cod": "Ramburs la curier", "bacs": "Transfer bancar", "card": "Card online"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One order of the day. `body` is what the store is told; `waits_for` are the causes in the way of its import,
    `arrives_as` its status once it is in."""

    name: str
    part: str
    body: Doc
    waits_for: tuple[str, ...]
    arrives_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    sku: str
    name: str
    price: str
    vat_rate: str | None
    stock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`goods` are known from the start; `missing_goods` are entered when orders already wait for them."""

    goods: tuple[Goods, ...]
    missing_goods: tuple[Goods, ...]
    placements: tuple[Placement, ...]

    def part(self, name: str) -> list[Placement]:
        return [one for one in self.placements if one.part == name]

    def named(self, name: str) -> Placement:
        return next(one for one in self.placements if one.name == name)


def waiting_causes(placements: Iterable[Placement]) -> Counter[str]:
    """How many of these orders wait for each cause."""
    return Counter(cause for one in placements for cause in one.waits_for)


@cache
def the_day() -> Plan:
    found = json.loads(Path(__file__).with_name("data").joinpath("day.json").read_text("utf-8"))
    return Plan(
        goods=_goods(found["goods"]),
        missing_goods=_goods(found["missing_goods"]),
        placements=tuple(_placement(entry, found["buyers"]) for entry in found["orders"]),
    )


def _goods(entries: Doc) -> tuple[Goods, ...]:
    return tuple(
        Goods(sku=sku, name=one["name"], price=one["price"], vat_rate=one["vatRate"], stock=one["stock"])
        for sku, one in entries.items()
    )


def _placement(entry: Doc, buyers: Doc) -> Placement:
    recorded = entry.get("recorded")
    return Placement(
        name=entry["name"],
        part=entry["part"],
        body={"template": recorded} if recorded else {"order": _variant(entry, buyers[entry["buyer"]])},
        waits_for=tuple(entry.get("waits_for", ())),
        arrives_as=entry["arrives_as"],
    )


def _variant(entry: Doc, buyer: Doc) -> Doc:
    """An order as the store's checkout takes it: amounts and taxes are the store's to compute."""
    pays = entry["pays"]
    paid = entry.get("paid", False)
    return {
        "status": "processing" if paid or pays == "cod" else "on-hold",
        "payment_method": pays,
        "payment_method_title": _TITLES[pays],
        "set_paid": paid,
        "billing": buyer,
        "shipping": {name: value for name, value in buyer.items() if name != "email"},
        "line_items": [
            {"sku": item, "quantity": quantity} if isinstance(item, str) else {"product_id": item, "quantity": quantity}
            for item, quantity in entry["items"]
        ],
        "shipping_lines": [_SHIPPING],
        "coupon_lines": [{"code": entry["coupon"]}] if "coupon" in entry else [],
    }
