"""The whole status table, against the published one and against the short form that people decided on."""

import json

import pytest

from connectors.innoship.statuses import CANCELLED, MEANINGS
from omnisales_sdk import ShipmentStatus

from .support import DATA

SHORT_FORM = {
    ShipmentStatus.CREATED: {1, 4},
    ShipmentStatus.PICKED_UP: {2, 3},
    ShipmentStatus.IN_TRANSIT: {10, 20, 21, 22, 34, 38, 39, 42, 43, 47, 49},
    ShipmentStatus.OUT_FOR_DELIVERY: {30, 44, 45},
    ShipmentStatus.DELIVERED: {100},
    ShipmentStatus.DELIVERY_FAILED: {31, 35, 36, 37, 40, 46, 103},
    ShipmentStatus.RETURNING: {48},
    ShipmentStatus.RETURNED: {104, 110},
    ShipmentStatus.VOIDED: {106, 107, 108},
    ShipmentStatus.LOST_DAMAGED: {33, 101, 102, 105},
    None: {41, 90, 109},
}


@pytest.mark.spec("FUL-5")
def test_every_published_code_means_what_was_decided() -> None:
    found: dict[ShipmentStatus | None, set[int]] = {}
    for code, meaning in MEANINGS.items():
        found.setdefault(meaning.status, set()).add(code)

    assert found == SHORT_FORM
    assert len(MEANINGS) == 39


def test_texts_finality_and_attention_are_those_of_the_source() -> None:
    source = json.loads((DATA / "couriers" / "innoship_status_codes.json").read_text("utf-8"))

    assert {str(code): (row.text, row.final, row.attention) for code, row in MEANINGS.items()} == {
        code: (row["text"], row["final"], row["attention"]) for code, row in source.items()
    }


def test_from_100_on_a_status_is_final() -> None:
    assert {code for code, meaning in MEANINGS.items() if meaning.final} == {code for code in MEANINGS if code >= 100}


def test_cancelled_is_one_of_three_codes() -> None:
    assert frozenset({106, 107, 108}) == CANCELLED
