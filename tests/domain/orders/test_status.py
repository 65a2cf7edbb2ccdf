"""The status table: every pair of statuses, and every guard, decided as the specification says."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from domain.kernel.actor import SYSTEM, Permission, connector_actor
from domain.kernel.money import Money
from domain.orders.status import (
    TABLE,
    Code,
    MoveFacts,
    Short,
    Status,
    Through,
    Verdict,
    decide,
    legal_moves,
    moves_from,
    verdicts,
)
from tests.support.builders import actor_with

# The guide's words and codes, written down by hand.
GUIDE = """0 Draft, 1 Processing, 2 Pending Payment, 3 Confirmed, 4 Shipping, 5 Delivered, 6 Refund, 7 Return,
8 Cancelled, 9 On Hold, 10 Failed, 11 Return Pending, 12 Partial Return, 13 Partial Refund, 14 Paid, 15 Ready,
16 Stock Unavailable"""


@pytest.mark.spec("ORD-2")
def test_the_statuses_have_the_guides_words_and_codes() -> None:
    assert ", ".join(f"{int(status)} {status.label}" for status in Status) == GUIDE.replace("\n", " ")


# Written down from the specification by hand, by codes; 9 leads back to where it came from (below) and to 8.
PLAIN = {
    0: {1, 2, 3, 8, 9, 10, 16},
    1: {2, 3, 8, 9, 10, 16},
    2: {14, 8, 9, 10},
    3: {15, 4, 8, 9, 16},
    4: {5},
    5: set(),
    6: set(),
    7: set(),
    8: set(),
    9: {8},
    10: {0, 1, 2, 8},
    11: set(),
    12: set(),
    13: set(),
    14: {3, 15, 8, 9, 16},
    15: {3, 4, 8, 9},
    16: {3, 8, 9},
}
FLOW_ONLY = {
    (4, 11): Through.RETURN,
    (4, 3): Through.VOID,
    (5, 11): Through.RETURN,
    (5, 6): Through.REFUND,
    (5, 13): Through.REFUND,
    (11, 5): Through.RETURN,
    (11, 7): Through.RETURN,
    (11, 12): Through.RETURN,
    (7, 6): Through.REFUND,
    (12, 11): Through.RETURN,
    (12, 13): Through.REFUND,
    (13, 11): Through.RETURN,
    (13, 6): Through.REFUND,
    (8, 6): Through.REFUND,
    (14, 2): Through.UNPAID,
}
HELD_FROM = {0, 1, 2, 3, 14, 15, 16}
CODES = range(17)
PAIRS = list(product(CODES, CODES))


def willing(status: int, **changes: object) -> MoveFacts:
    """Facts in which no guard bars anything that the status leads to."""
    found_short = status in (0, 1, 14)
    facts = MoveFacts(
        status=Status(status),
        actor=SYSTEM,
        due=Money(Decimal(0), "RON"),
        confirmed=status in (3, 4, 5, 15),
        missing=(Short("MUG", Decimal(3), Decimal(1)),) if found_short else (),
        awbs=("AWB1",) if status in (3, 4, 15) else (),
        to_hand_over=False,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def open_for(status: int, to: int) -> MoveFacts:
    """The same, for one move: what is missing opens Stock Unavailable and bars Ready; an AWB opens Shipping only; what
    is due opens Pending Payment."""
    facts = willing(status)
    if to == 2:
        facts = replace(facts, due=Money(Decimal(10), "RON"))
    if to != 16:
        facts = replace(facts, missing=())
    return replace(facts, awbs=facts.awbs if to == 4 else ())


@pytest.mark.spec("ORD-3")
@pytest.mark.parametrize(("come_from", "to"), PAIRS)
def test_a_plain_move_is_open_exactly_where_the_specification_says(come_from: int, to: int) -> None:
    verdict = decide(open_for(come_from, to), Status(to))
    assert verdict.allowed is (to in PLAIN[come_from])
    if not verdict.allowed:
        assert verdict.code is Code.ILLEGAL_MOVE
        assert verdict.reason
        assert verdict.unlocked_by


@pytest.mark.spec("ORD-3")
@pytest.mark.parametrize(("come_from", "to"), PAIRS)
@pytest.mark.parametrize("through", [Through.RETURN, Through.REFUND, Through.VOID, Through.UNPAID])
def test_a_flow_makes_its_own_moves_and_plain_ones_only(come_from: int, to: int, through: Through) -> None:
    verdict = decide(replace(open_for(come_from, to), through=through), Status(to))
    assert verdict.allowed is (to in PLAIN[come_from] or FLOW_ONLY.get((come_from, to)) is through)


@pytest.mark.spec("ORD-3")
@pytest.mark.parametrize("held_from", sorted(HELD_FROM))
@pytest.mark.parametrize("to", CODES)
def test_a_hold_leads_back_to_where_it_came_from_or_to_cancelled(held_from: int, to: int) -> None:
    facts = replace(willing(9), held_from=Status(held_from))
    assert decide(facts, Status(to)).allowed is (to in (held_from, 8))
    assert [int(v.to) for v in verdicts(facts)] == sorted({held_from, 8})


@pytest.mark.spec("ORD-3")
@pytest.mark.spec("POS-1")
@pytest.mark.parametrize(("counter", "through"), [*product([True, False], [None, *Through])])
def test_only_a_sale_at_the_counter_is_delivered_at_once(counter: bool, through: Through | None) -> None:
    facts = replace(willing(0), counter_sale=counter, through=through)
    assert decide(facts, Status.DELIVERED).allowed is (counter and through is Through.SALE)


@pytest.mark.spec("ORD-3")
@pytest.mark.parametrize("status", CODES)
def test_next_actions_are_the_moves_of_the_table_each_with_its_reason(status: int) -> None:
    expected = PLAIN[status] | {to for come_from, to in FLOW_ONLY if come_from == status}
    found = verdicts(willing(status))
    assert [int(verdict.to) for verdict in found] == sorted(expected)
    for verdict in found:
        told = (verdict.code, verdict.reason, verdict.unlocked_by)
        assert told == (None, None, None) if verdict.allowed else all(told)


def test_the_table_has_a_row_for_every_status_and_no_move_to_itself() -> None:
    assert set(TABLE) == set(Status)
    assert all(status not in row for status, row in TABLE.items())


@pytest.mark.spec("ORD-3")
@pytest.mark.parametrize("to", [6, 7, 11, 12, 13])
def test_return_and_refund_states_are_reached_through_their_flows_alone(to: int) -> None:
    for come_from in CODES:
        verdict = decide(willing(come_from), Status(to))
        assert not verdict.allowed
        if (come_from, to) in FLOW_ONLY:
            decides = to != 11
            flow = "the return flow" if to in (7, 11, 12) else "the refund flow"
            assert verdict.unlocked_by == flow + (", by someone with returns.approve" if decides else "")


@pytest.mark.spec("SEC-1")
@pytest.mark.parametrize(("come_from", "to"), [(11, 5), (11, 7), (11, 12), (5, 6), (5, 13), (7, 6), (12, 13), (8, 6)])
def test_who_decides_on_returns_and_refunds_needs_the_permission(come_from: int, to: int) -> None:
    through = Through.RETURN if come_from == 11 else Through.REFUND
    facts = replace(willing(come_from), through=through, actor=actor_with(Permission.ORDERS_EDIT))
    verdict = decide(facts, Status(to))
    assert (verdict.code, verdict.unlocked_by) == (Code.FORBIDDEN, "someone with returns.approve")
    assert decide(replace(facts, actor=actor_with(Permission.RETURNS_APPROVE)), Status(to)).allowed


ASKING_AGAIN = "asking again by someone with orders.edit, and approval by someone with orders.approve"
GUARDED = [
    # (from, to, the fact that bars, the code, who or what unlocks it)
    (0, 3, {"approve_status": 0}, Code.NOT_APPROVED, "approval by someone with orders.approve"),
    (
        1,
        3,
        {"approve_status": 0, "approver": "finance"},
        Code.NOT_APPROVED,
        "approval by someone with orders.approve and the role finance",
    ),
    *[
        (come_from, to, {"approve_status": -1, "missing": (), "paid_later": True}, Code.NOT_APPROVED, ASKING_AGAIN)
        for come_from, to in [(0, 1), (0, 2), (0, 3), (1, 2), (2, 1), (2, 14), (10, 1), (10, 2), (14, 3), (14, 15)]
    ],
    (14, 15, {"approve_status": 0, "missing": ()}, Code.NOT_APPROVED, "approval by someone with orders.approve"),
    (16, 3, {"approve_status": 0}, Code.NOT_APPROVED, "approval by someone with orders.approve"),
    (0, 2, {}, Code.ILLEGAL_MOVE, "nothing: confirm it instead"),
    (1, 2, {"actor": actor_with(*Permission)}, Code.ILLEGAL_MOVE, "nothing: confirm it instead"),
    (10, 2, {}, Code.ILLEGAL_MOVE, "nothing: confirm it instead"),
    (2, 14, {"due": Money(Decimal("168.80"), "RON")}, Code.PAYMENT_MISSING, "the payment of 168.80 RON"),
    (14, 15, {}, Code.STOCK_MISSING, "a receipt note for MUG"),
    (
        16,
        3,
        {"missing": (Short("CUP", Decimal(2), Decimal(0)),)},
        Code.STOCK_MISSING,
        "a receipt note for CUP",
    ),
    (0, 16, {"missing": ()}, Code.ILLEGAL_MOVE, "nothing: confirm it instead"),
    (3, 16, {}, Code.ILLEGAL_MOVE, "voiding AWB AWB1"),
    (3, 16, {"awbs": (), "awbs_asked": 1}, Code.ILLEGAL_MOVE, "the courier's answer"),
    (3, 4, {"awbs": ()}, Code.ILLEGAL_MOVE, "a delivery note, its packing list and an AWB"),
    (15, 4, {"awbs": ()}, Code.ILLEGAL_MOVE, "a delivery note, its packing list and an AWB"),
    (4, 5, {"to_hand_over": True}, Code.ILLEGAL_MOVE, "a delivery note and an AWB for the rest"),
    (3, 8, {"handed_over": True}, Code.ILLEGAL_MOVE, "voiding their AWB, or a return after the delivery"),
    (9, 8, {"handed_over": True}, Code.ILLEGAL_MOVE, "voiding their AWB, or a return after the delivery"),
]


@pytest.mark.spec("ORD-3")
@pytest.mark.spec("ORD-4")
@pytest.mark.spec("APR-3")
@pytest.mark.parametrize(("come_from", "to", "fact", "code", "unlocked_by"), GUARDED)
def test_a_guard_bars_with_its_code_and_says_what_unlocks_it(
    come_from: int, to: int, fact: dict[str, object], code: Code, unlocked_by: str
) -> None:
    verdict = decide(willing(come_from, **fact), Status(to))
    assert (verdict.allowed, verdict.code, verdict.unlocked_by) == (False, code, unlocked_by)
    assert Status(to) not in legal_moves(willing(come_from, **fact))


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize("approve_status", [None, 1])
def test_an_approved_order_or_one_that_no_rule_holds_may_be_confirmed(approve_status: int | None) -> None:
    assert decide(willing(0, approve_status=approve_status), Status.CONFIRMED).allowed


@pytest.mark.spec("APR-3")
def test_approval_is_not_asked_of_an_order_that_was_confirmed_before() -> None:
    assert decide(willing(15, approve_status=0), Status.CONFIRMED).allowed


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize(("come_from", "to"), [(0, 8), (0, 9), (0, 10), (2, 9), (2, 10), (10, 0), (10, 8), (14, 9)])
def test_a_rejected_order_can_be_cancelled_held_and_failed(come_from: int, to: int) -> None:
    assert decide(willing(come_from, approve_status=-1), Status(to)).allowed


@pytest.mark.spec("APR-3")
@pytest.mark.parametrize("held_from", [0, 1, 2, 14, 16])
def test_a_rejected_order_resumes_to_where_it_was(held_from: int) -> None:
    assert decide(willing(9, approve_status=-1, held_from=Status(held_from)), Status(held_from)).allowed


@pytest.mark.spec("ORD-3")
def test_only_what_is_paid_later_leaves_pending_payment_for_processing() -> None:
    assert decide(willing(2, paid_later=True), Status.PROCESSING).allowed
    assert Status.PROCESSING not in moves_from(willing(2))


@pytest.mark.spec("ORD-3")
def test_a_store_is_believed_that_a_paid_order_waits_for_its_payment() -> None:
    assert decide(willing(1, actor=connector_actor("woocommerce", "shop-1")), Status.PENDING_PAYMENT).allowed


@pytest.mark.spec("ORD-4")
def test_prepaid_orders_are_confirmed_before_they_are_paid() -> None:
    unpaid = willing(0, due=Money(Decimal(50), "RON"), missing=())
    assert decide(unpaid, Status.CONFIRMED) == Verdict(Status.CONFIRMED, allowed=True)


@pytest.mark.spec("STK-2")
@pytest.mark.parametrize("status", [0, 1, 14])
def test_missing_stock_does_not_bar_confirming_which_then_leads_to_stock_unavailable(status: int) -> None:
    assert decide(willing(status), Status.CONFIRMED).allowed


@pytest.mark.spec("ORD-3")
@pytest.mark.spec("SEC-1")
@pytest.mark.parametrize("status", CODES)
def test_whoever_lacks_the_permission_is_told_which(status: int) -> None:
    nobody = willing(status, actor=actor_with(), held_from=Status.DRAFT)
    for to, move in moves_from(nobody).items():
        if move.through is None:
            verdict = decide(nobody, to)
            assert (verdict.code, verdict.unlocked_by) == (Code.FORBIDDEN, f"someone with {move.permission}")


@pytest.mark.spec("SEC-1")
def test_handing_over_needs_the_right_to_make_awbs_and_cancelling_does_not() -> None:
    editor = willing(3, actor=actor_with(Permission.ORDERS_EDIT))
    assert decide(editor, Status.SHIPPING).code is Code.FORBIDDEN
    assert decide(editor, Status.CANCELLED).allowed
    assert decide(replace(editor, actor=actor_with(Permission.AWB)), Status.SHIPPING).allowed


def test_reasons_are_sentences_and_labels_are_words() -> None:
    assert Status.PENDING_PAYMENT.label == "Pending Payment"
    assert decide(willing(14), Status.READY).reason == "Not in stock: MUG (ordered 3, free 1)."
    assert decide(willing(5), Status.DRAFT).reason == "No move leads from Delivered to Draft."
    assert decide(willing(9, held_from=Status.PAID), Status.CONFIRMED).reason == (
        "It is on hold and resumes to Paid only."
    )
    assert decide(willing(3), Status.CONFIRMED).reason == "It is Confirmed already."
