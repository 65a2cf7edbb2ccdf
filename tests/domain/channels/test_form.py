"""Settings that cannot be used, each with its field and code; and those that contradict each other. Pure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.channels.contradictions import RULES, Picture, PriceListFacts, SeriesFacts, contradictions
from domain.channels.form import form_problems
from domain.channels.models import ReturnsPaidBy
from domain.channels.rules import method_allowed
from domain.channels.settings import SHOWN, DeliveryFee, Interval, ReturnPolicy, Settings, Syncs
from domain.invoicing.models import InvoiceKind
from domain.pricing.models import Level

SYNCS = Syncs({"ORDERS": timedelta(minutes=5)})
OURS, THEIRS = UUID(int=1), UUID(int=2)
BOTH = SeriesFacts("INV", OURS, None)


def policy(**fields: Any) -> ReturnPolicy:
    return ReturnPolicy(**{"days": 14, "paid_by": ReturnsPaidBy.CUSTOMER, **fields})


def fee(amount: str, rate: str | None = None, free_from: str | None = None) -> DeliveryFee:
    return DeliveryFee(
        amount=Decimal(amount),
        tax_rate=None if rate is None else Decimal(rate),
        free_from=None if free_from is None else Decimal(free_from),
    )


def every(seconds: int | None, kind: str = "ORDERS", *, paused: bool = False) -> Interval:
    return Interval(kind=kind, every=None if seconds is None else timedelta(seconds=seconds), paused=paused)


@pytest.mark.spec("CHN-2")
@pytest.mark.parametrize(
    "wanted",
    [
        Settings(),
        Settings(title="Shop", currency="EUR", order_type="wholesale", pre_order_check_days=0, hold_expiry_hours=8760),
        Settings(allowed_payment_methods=["cod", "bank transfer", "card"]),
        Settings(delivery_fee=fee("0")),
        Settings(delivery_fee=fee("19.99", "21", "0")),
        Settings(client_groups=["vip"]),
        Settings(return_policy=policy(days=0)),
        Settings(return_policy=policy(restocking_fee_percent=Decimal("12.5"), note="Unworn.")),
        Settings(intervals=[every(60)]),
        Settings(intervals=[every(604_800, paused=True)]),
        Settings(intervals=[every(None)]),
        Settings(clear=["deliveryFee", "priceList"]),
    ],
)
def test_settings_that_can_be_used(wanted: Settings) -> None:
    assert list(form_problems(wanted, SYNCS)) == []


@pytest.mark.spec("CHN-2")
@pytest.mark.parametrize(
    ("wanted", "problems"),
    [
        (Settings(title=" "), [("title", "MISSING")]),
        (Settings(title="x" * 201), [("title", "NOT_A_TEXT")]),
        (Settings(title="a\x00b"), [("title", "NOT_A_TEXT")]),
        (Settings(currency="lei"), [("currency", "BAD_CURRENCY")]),
        (Settings(currency="ZZZ"), [("currency", "BAD_CURRENCY")]),
        (Settings(order_type="Big Orders"), [("orderType", "BAD_SLUG")]),
        (Settings(order_type=""), [("orderType", "BAD_SLUG")]),
        (Settings(allowed_payment_methods=[]), [("allowedPaymentMethods", "EMPTY")]),
        (Settings(allowed_payment_methods=["cod"] * 51), [("allowedPaymentMethods", "TOO_MANY")]),
        (
            Settings(allowed_payment_methods=["cod", " ", "x" * 201, "C O D", "cod\x00", "c-o d"]),
            [
                ("allowedPaymentMethods.1", "MISSING"),
                ("allowedPaymentMethods.2", "NOT_A_TEXT"),
                ("allowedPaymentMethods.4", "NOT_A_TEXT"),
                ("allowedPaymentMethods.5", "TWICE"),
            ],
        ),
        (Settings(delivery_fee=fee("-0.01")), [("deliveryFee.amount", "OUT_OF_RANGE")]),
        (Settings(delivery_fee=fee("NaN")), [("deliveryFee.amount", "OUT_OF_RANGE")]),
        (Settings(delivery_fee=fee("Infinity")), [("deliveryFee.amount", "OUT_OF_RANGE")]),
        (Settings(delivery_fee=fee("1.005")), [("deliveryFee.amount", "OUT_OF_RANGE")]),
        (Settings(delivery_fee=fee("1e15")), [("deliveryFee.amount", "OUT_OF_RANGE")]),
        (
            Settings(delivery_fee=fee("5", "100.01", "-1")),
            [("deliveryFee.freeFrom", "OUT_OF_RANGE"), ("deliveryFee.taxRate", "OUT_OF_RANGE")],
        ),
        (
            Settings(delivery_fee=fee("0", None, "100")),
            [("deliveryFee.amount", "CONTRADICTION"), ("deliveryFee.freeFrom", "CONTRADICTION")],
        ),
        (Settings(client_groups=[]), [("clientGroups", "EMPTY")]),
        (Settings(client_groups=["g"] * 101), [("clientGroups", "TOO_MANY")]),
        (Settings(pre_order_check_days=-1), [("preOrderCheckDays", "OUT_OF_RANGE")]),
        (Settings(pre_order_check_days=366), [("preOrderCheckDays", "OUT_OF_RANGE")]),
        (Settings(hold_expiry_hours=0), [("holdExpiryHours", "OUT_OF_RANGE")]),
        (Settings(return_policy=policy(days=-1)), [("returnPolicy.days", "OUT_OF_RANGE")]),
        (Settings(return_policy=policy(note="\x01")), [("returnPolicy.note", "NOT_A_TEXT")]),
        (
            Settings(return_policy=policy(restocking_fee_percent=Decimal("100.5"))),
            [("returnPolicy.restockingFeePercent", "OUT_OF_RANGE")],
        ),
        (
            Settings(return_policy=policy(days=0, restocking_fee_percent=Decimal(5))),
            [("returnPolicy.days", "CONTRADICTION"), ("returnPolicy.restockingFeePercent", "CONTRADICTION")],
        ),
        (Settings(intervals=[every(59)]), [("intervals.0.everySeconds", "OUT_OF_RANGE")]),
        (Settings(intervals=[every(604_801)]), [("intervals.0.everySeconds", "OUT_OF_RANGE")]),
        (Settings(intervals=[every(600), every(300)]), [("intervals.1.kind", "TWICE")]),
        (Settings(intervals=[every(600, "STOCK")]), [("intervals.0.kind", "UNSUPPORTED")]),
        (Settings(clear=["warehouse"]), [("clear.0", "UNKNOWN_FIELD")]),
        (Settings(clear=["orderType"], order_type="b2b"), [("clear.0", "NOT_TOGETHER")]),
    ],
)
def test_settings_that_cannot_be_used(wanted: Settings, problems: list[tuple[str, str]]) -> None:
    assert [(".".join(one.path), one.code) for one in form_problems(wanted, SYNCS)] == problems


def test_a_channel_of_the_houses_own_synchronises_nothing() -> None:
    [problem] = form_problems(Settings(intervals=[every(600)]), Syncs())
    assert (problem.path, problem.code) == (("intervals", "0", "kind"), "UNSUPPORTED")


FINE = Picture(
    connector="portal",
    enabled=True,
    currency="RON",
    order_type="wholesale",
    has_fee=True,
    priced_in="RON",
    has_groups=True,
    warehouse_active=True,
    price_list=PriceListFacts("portal-2026", Level.CHANNEL, "RON", archived=False),
    invoice_series=BOTH,
    credit_series=BOTH,
    entity_id=OURS,
)
LIST = PriceListFacts("l", Level.CHANNEL, "RON", archived=False)
BROKEN: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"warehouse_active": False}, {("enabled", "CONTRADICTION"), ("warehouse", "CONTRADICTION")}),
    ({"price_list": LIST._replace(archived=True)}, {("priceList", "ARCHIVED")}),
    ({"price_list": LIST._replace(level=Level.GROUP)}, {("priceList", "WRONG_LEVEL")}),
    ({"price_list": LIST._replace(level=Level.CUSTOMER)}, {("priceList", "WRONG_LEVEL")}),
    (
        {"price_list": LIST._replace(currency="EUR")},
        {("priceList", "CONTRADICTION"), ("currency", "CONTRADICTION")},
    ),
    ({"priced_in": "EUR"}, {("deliveryFee", "CONTRADICTION"), ("currency", "CONTRADICTION")}),
    (
        {"connector": "woocommerce", "has_groups": False},
        {("deliveryFee", "CONTRADICTION"), ("connector", "CONTRADICTION")},
    ),
    (
        {"connector": "woocommerce", "has_fee": False},
        {("clientGroups", "CONTRADICTION"), ("connector", "CONTRADICTION")},
    ),
    ({"order_type": "pos"}, {("orderType", "CONTRADICTION"), ("connector", "CONTRADICTION")}),
    (
        {"connector": "pos", "has_fee": False, "has_groups": False},
        {("orderType", "CONTRADICTION"), ("connector", "CONTRADICTION")},
    ),
    (
        {"credit_series": SeriesFacts("CN", THEIRS, None)},
        {
            *(("invoiceSeries", "CONTRADICTION"), ("creditSeries", "CONTRADICTION")),
            ("legalEntity", "CONTRADICTION"),
        },
    ),
    (
        {"entity_id": THEIRS},
        {
            *(("legalEntity", "CONTRADICTION"), ("invoiceSeries", "CONTRADICTION")),
            ("creditSeries", "CONTRADICTION"),
        },
    ),
    ({"invoice_series": SeriesFacts("A", OURS, InvoiceKind.CREDIT_NOTE)}, {("invoiceSeries", "WRONG_KIND")}),
    ({"credit_series": SeriesFacts("A", OURS, InvoiceKind.INVOICE)}, {("creditSeries", "WRONG_KIND")}),
]
EVERY = {*SHOWN.values(), "connector"}


@pytest.mark.spec("CHN-2")
@pytest.mark.spec("CHN-4")
@pytest.mark.parametrize(("changes", "problems"), BROKEN)
def test_settings_that_contradict_each_other_are_all_named(
    changes: dict[str, Any], problems: set[tuple[str, str]]
) -> None:
    found = list(contradictions(FINE._replace(**changes), EVERY))
    assert {(one.path[0], one.code) for one in found} == problems
    assert {one.path[0] for one in contradictions(FINE._replace(**changes), {found[0].path[0]})} <= {
        name for name, _ in problems
    }


def test_what_fits_together_is_no_contradiction() -> None:
    assert list(contradictions(FINE, EVERY)) == []
    alone = {"order_type": None, "has_fee": False, "has_groups": False, "price_list": None, "entity_id": None}
    for connector in ("portal", "woocommerce", "pos"):
        assert list(contradictions(FINE._replace(connector=connector, **alone), EVERY)) == []
    off = FINE._replace(enabled=False, warehouse_active=False)
    assert list(contradictions(off, EVERY)) == [], "a channel that is off needs no warehouse"


def test_whoever_changes_something_else_is_not_told_of_what_was_so_before() -> None:
    broken = FINE._replace(price_list=LIST._replace(archived=True))
    assert list(contradictions(broken, {"title", "autoConfirm"})) == []


def test_every_rule_is_tried() -> None:
    tried = {id(rule) for changes, _ in BROKEN for rule in RULES if rule.broken(FINE._replace(**changes))}
    assert len(tried) == len(RULES)


@pytest.mark.spec("CHN-2")
@pytest.mark.parametrize(
    ("method", "allowed", "expected"),
    [
        ("cod", None, True),
        (None, ["cod"], True),
        ("", ["cod"], True),
        ("cod", ["cod"], True),
        ("Bank Transfer", ["bank_transfer"], True),
        ("bank-transfer", ["Bank transfer"], True),
        ("card", ["cod", "bank_transfer"], False),
    ],
)
def test_methods_are_compared_without_case_spaces_and_hyphens(
    method: str | None, allowed: list[str] | None, expected: bool
) -> None:
    assert method_allowed(method, allowed) is expected
