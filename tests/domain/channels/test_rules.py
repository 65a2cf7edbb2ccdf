"""The words of mappings: what people write, and what is stored."""

import pytest

from domain.channels.models import Channel, MappingKind, PaymentKind
from domain.channels.rules import PAYMENT_WORDS, MappingEntry, payment_kind, read_mappings, status_word
from domain.channels.vocabulary import IGNORED_BY_MAPPING, Defaults, combine
from domain.orders.status import Status


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("prepaid", PaymentKind.PREPAID),
        ("Card", PaymentKind.PREPAID),
        ("ON_DELIVERY", PaymentKind.ON_DELIVERY),
        ("on delivery", PaymentKind.ON_DELIVERY),
        ("COD", PaymentKind.ON_DELIVERY),
        ("Cash-on-Delivery", PaymentKind.ON_DELIVERY),
        ("ramburs", PaymentKind.ON_DELIVERY),
        (" on account ", PaymentKind.ON_ACCOUNT),
        ("barter", None),
        ("", None),
    ],
)
def test_kinds_of_payment_have_synonyms(word: str, kind: PaymentKind | None) -> None:
    assert payment_kind(word) is kind


def test_every_kind_is_its_own_word() -> None:
    assert {PAYMENT_WORDS[kind.value] for kind in PaymentKind} == set(PaymentKind)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("PENDING_PAYMENT", Status.PENDING_PAYMENT),
        ("pending payment", Status.PENDING_PAYMENT),
        (2, Status.PENDING_PAYMENT),
        ("16", Status.STOCK_UNAVAILABLE),
        ("0", Status.DRAFT),
        (17, None),
        ("²", None),
        ("PACKED", None),
        (True, None),
        (None, None),
        (2.0, None),
    ],
)
def test_statuses_are_words_or_codes(value: object, status: Status | None) -> None:
    assert status_word(value) is status


def test_mappings_are_read_whole() -> None:
    entries, problems = read_mappings(
        {
            "paymentMethods": {"cod": "on_delivery", "bacs": {"kind": "Prepaid"}},
            "statusesIn": {"on-hold": "PENDING_PAYMENT", "packed": 15, "spam": "ignore"},
            "statusesOut": {"SHIPPING": "processing", "9": None, "delivered": ""},
        }
    )
    assert problems == []
    assert entries == [
        MappingEntry(MappingKind.PAYMENT_METHOD, "cod", "on_delivery"),
        MappingEntry(MappingKind.PAYMENT_METHOD, "bacs", "prepaid"),
        MappingEntry(MappingKind.STATUS_IN, "on-hold", "PENDING_PAYMENT"),
        MappingEntry(MappingKind.STATUS_IN, "packed", "READY"),
        MappingEntry(MappingKind.STATUS_IN, "spam", "IGNORE"),
        MappingEntry(MappingKind.STATUS_OUT, "SHIPPING", "processing"),
        MappingEntry(MappingKind.STATUS_OUT, "ON_HOLD", ""),
        MappingEntry(MappingKind.STATUS_OUT, "DELIVERED", ""),
    ]


def test_every_wrong_entry_is_named_with_its_path() -> None:
    entries, problems = read_mappings(
        {
            "paymentMethods": {"cod": "cash", "bacs": 3},
            "statusesIn": ["on-hold"],
            "statusesOut": {"PACKED": "x", "SHIPPING": 4},
        }
    )
    assert entries == []
    assert [(problem.path, problem.code) for problem in problems] == [
        (("mappings", "paymentMethods", "cod"), "UNKNOWN_PAYMENT_KIND"),
        (("mappings", "paymentMethods", "bacs"), "UNKNOWN_PAYMENT_KIND"),
        (("mappings", "statusesIn"), "NOT_AN_OBJECT"),
        (("mappings", "statusesOut", "PACKED"), "UNKNOWN_STATUS"),
        (("mappings", "statusesOut", "SHIPPING"), "NOT_A_WORD"),
    ]


def test_the_channels_mappings_lie_over_the_connectors_defaults() -> None:
    defaults = Defaults(
        statuses_in={"processing": "PROCESSING", "completed": "DELIVERED"},
        statuses_ignored={"trash": "in the bin"},
        statuses_out={"SHIPPING": "processing", "DELIVERED": "completed"},
    )
    rules = combine(
        Channel(slug="shop"),
        defaults,
        [
            (MappingKind.PAYMENT_METHOD, "cod", "on_delivery"),
            (MappingKind.STATUS_IN, "processing", "DRAFT"),
            (MappingKind.STATUS_IN, "trash", "CANCELLED"),
            (MappingKind.STATUS_IN, "completed", "IGNORE"),
            (MappingKind.STATUS_OUT, "SHIPPING", "sent"),
            (MappingKind.STATUS_OUT, "DELIVERED", ""),
        ],
    )
    assert rules.payment_methods == {"cod": PaymentKind.ON_DELIVERY}
    assert rules.statuses_in["processing"] is Status.DRAFT
    assert rules.statuses_in["trash"] is Status.CANCELLED
    assert rules.ignored == {"completed": IGNORED_BY_MAPPING}
    assert rules.statuses_out == {Status.SHIPPING: "sent"}


LONG, NUL, HALF = "x" * 201, "a\x00b", "a\ud800"


@pytest.mark.parametrize("word", [LONG, NUL, HALF], ids=["long", "nul", "half"])
def test_words_that_cannot_be_kept_are_refused_before_the_database_sees_them(word: str) -> None:
    fields = {
        "paymentMethods": {word: "cod", "ok": word},
        "statusesIn": {word: "DRAFT"},
        "statusesOut": {"DRAFT": word},
    }

    entries, problems = read_mappings(fields)

    assert entries == []
    assert [(one.path[1], one.code) for one in problems] == [
        ("paymentMethods", "NOT_A_TEXT"),
        ("paymentMethods", "NOT_A_TEXT"),
        ("statusesIn", "NOT_A_TEXT"),
        ("statusesOut", "NOT_A_TEXT"),
    ]
    for one in problems:
        assert all(len(part) <= 200 and part.encode() for part in (*one.path, one.message))


def test_the_longest_words_are_kept() -> None:
    entries, problems = read_mappings({"paymentMethods": {"x" * 200: "cod"}})
    assert (len(entries), problems) == (1, [])
