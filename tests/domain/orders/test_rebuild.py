"""History alone tells the order, and a history that does not add up says where."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.orders.models import PaymentState
from domain.orders.rebuild import BrokenHistory, rebuild
from domain.orders.status import Status

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTHING = dict.fromkeys(("subtotal", "discount_total", "fee_total", "shipping_total", "tax_total", "total"), "0.00")


@dataclass(frozen=True)
class Entry:
    seq: int
    kind: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return NOON + timedelta(minutes=self.seq)


CREATED = Entry(
    1, "order_created", {"status": 1, "payment_state": "UNPAID", "totals": NOTHING, "lines": [], "charges": []}
)


def moved(seq: int, come_from: int, to: int) -> Entry:
    return Entry(seq, "status_changed", {"from": come_from, "to": to})


@pytest.mark.spec("ORD-8")
def test_the_status_at_any_time() -> None:
    entries = [
        moved(3, 3, 9),
        CREATED,
        moved(2, 1, 3),
        Entry(4, "note_added", {"from": "x", "to": "y"}),
        moved(5, 9, 3),
    ]
    seen = [rebuild(entries, NOON + timedelta(minutes=minute)).status for minute in range(1, 6)]
    assert seen == [Status.PROCESSING, Status.CONFIRMED, Status.ON_HOLD, Status.ON_HOLD, Status.CONFIRMED]
    assert rebuild(entries).since == NOON + timedelta(minutes=5)


@pytest.mark.spec("ORD-8")
def test_totals_and_payment_state_as_last_told() -> None:
    line = {"subtotal": "10.00", "discount": "1.00", "tax": "1.89"}
    charge = {"kind": "shipping", "amount": "5.00", "tax": "0.00"}
    totals = {**NOTHING, "subtotal": "10.00", "discount_total": "1.00", "tax_total": "1.89", "total": "15.89"}
    totals["shipping_total"] = "5.00"
    changed = Entry(2, "lines_changed", {"lines": [line], "charges": [charge], "totals": totals})
    paid = Entry(3, "payment_recorded", {"payment_state": "PARTLY_PAID"})
    built = rebuild([CREATED, changed, paid])
    assert built.totals == built.summed
    assert (str(built.totals.total), built.payment_state) == ("15.89", PaymentState.PARTLY_PAID)


@pytest.mark.spec("ORD-8")
@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([], "there is no entry"),
        ([CREATED, moved(3, 1, 3)], "entry 2 is missing"),
        ([CREATED, moved(2, 0, 3)], "entry 2 leaves 0, but the order was in 1"),
        ([moved(1, 0, 1)], "does not tell how the order began"),
    ],
)
def test_a_broken_history_says_where(entries: list[Entry], says: str) -> None:
    with pytest.raises(BrokenHistory, match=says):
        rebuild(entries)
