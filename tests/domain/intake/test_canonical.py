"""The fingerprint tells what an order says, not how it is spelled."""

from dataclasses import fields, replace
from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from domain.intake.canonical import clean, clean_text, fingerprint, from_json, to_json
from domain.intake.freshness import Freshness, Seen, freshness, later_version
from domain.intake.types import (
    IncomingAddress,
    IncomingCharge,
    IncomingCustomer,
    IncomingDiscount,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    IncomingRefund,
)
from tests.support.incoming import incoming, line

ORDER = incoming(
    line("CUP", 2, "10.50"),
    charges=(IncomingCharge(kind="shipping", title="Courier", amount=Decimal(15)),),
    payments=(IncomingPayment(external_id="p1", amount=Decimal(5), method="card"),),
)

OTHER = {
    "external_id": "other",
    "number": "other",
    "status": "other",
    "currency": "EUR",
    "placed_at": ORDER.placed_at + timedelta(seconds=1),
    "total": Decimal("1.00"),
    "lines": (),
    "customer": IncomingCustomer(name="other"),
    "billing": None,
    "shipping": IncomingAddress(city="other"),
    "charges": (),
    "discounts": (IncomingDiscount(code="X", amount=Decimal(1)),),
    "payments": (),
    "refunds": (IncomingRefund(external_id="r", amount=Decimal(1)),),
    "payment_method": "other",
    "payment_title": "other",
    "note": "other",
    "delivery_point": "other",
    "test": True,
}


@pytest.mark.parametrize("name", sorted({field.name for field in fields(IncomingOrder)} - {"version", "extra"}))
def test_every_field_counts(name: str) -> None:
    assert fingerprint(replace(ORDER, **{name: OTHER[name]})) != fingerprint(ORDER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "other"),
        ("quantity", Decimal(3)),
        ("subtotal", Decimal(1)),
        ("total", Decimal(1)),
        ("tax", Decimal(1)),
        ("tax_rate", None),
        ("external_id", "other"),
    ],
)
def test_every_field_of_a_line_counts(name: str, value: object) -> None:
    changed = replace(ORDER, lines=(replace(ORDER.lines[0], **{name: value}),))
    assert fingerprint(changed) != fingerprint(ORDER)


def test_spelling_version_and_the_products_sku_do_not_count() -> None:
    same_instant = ORDER.placed_at.astimezone(timezone(timedelta(hours=3)))
    spelled = replace(
        ORDER,
        version="later",
        total=Decimal(f"{ORDER.total}00"),
        placed_at=same_instant,
        lines=(replace(ORDER.lines[0], quantity=Decimal("2.000"), sku="RENAMED", variant=None),),
    )
    assert fingerprint(spelled) == fingerprint(ORDER)


def test_an_order_survives_json() -> None:
    assert from_json(to_json(ORDER)) == ORDER


def test_texts_are_repaired_only_where_they_must_be() -> None:
    emoji = replace(ORDER, note="ă 😀")
    assert clean(emoji) is emoji
    broken = replace(ORDER, note="a\x00b", lines=(replace(ORDER.lines[0], name="c\udc00"),))
    repaired = clean(broken)
    assert (repaired.note, repaired.lines[0].name) == ("a\ufffdb", "c\ufffd")
    assert isinstance(repaired.lines[0], IncomingLine)
    assert replace(repaired, note=ORDER.note, lines=ORDER.lines) == ORDER
    assert clean_text("plain") == "plain"


A, B = "a" * 64, "b" * 64


@pytest.mark.spec("SYN-4")
@pytest.mark.parametrize(
    ("applied", "incoming_", "webhook", "fetched"),
    [
        (Seen(None, None), Seen("1", A), Freshness.NEW, Freshness.NEW),
        (Seen("2", A), Seen("2", A), Freshness.DUPLICATE, Freshness.DUPLICATE),
        (Seen("2", A), Seen("3", A), Freshness.DUPLICATE, Freshness.DUPLICATE),
        (Seen("2", A), Seen("1", A), Freshness.DUPLICATE, Freshness.DUPLICATE),
        (Seen("2", A), Seen("3", B), Freshness.NEWER, Freshness.NEWER),
        (Seen("2", A), Seen("1", B), Freshness.SUPERSEDED, Freshness.SUPERSEDED),
        (Seen("2", A), Seen("2", B), Freshness.UNCLEAR, Freshness.NEWER),
        (Seen(None, A), Seen("1", B), Freshness.UNCLEAR, Freshness.NEWER),
        (Seen("2", A), Seen(None, B), Freshness.UNCLEAR, Freshness.NEWER),
    ],
)
def test_what_is_news(applied: Seen, incoming_: Seen, webhook: Freshness, fetched: Freshness) -> None:
    assert freshness(applied, incoming_, authoritative=False) is webhook
    assert freshness(applied, incoming_, authoritative=True) is fetched


def test_the_later_version_is_remembered() -> None:
    assert (later_version("1", "2"), later_version(None, "1"), later_version("1", None), later_version(None, None)) == (
        "2",
        "1",
        "1",
        None,
    )
