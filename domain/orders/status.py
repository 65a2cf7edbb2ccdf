"""The statuses of an order and the table of its moves (spec ORD-2, ORD-3): data and pure decisions.

`TABLE` says which move exists, who may make it and what must hold first. `decide` answers for one move, `verdicts`
for all that start where the order is. A guard that bars a move says why, and what or who would unlock it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

from domain.kernel.actor import Actor, ActorKind, Permission
from domain.kernel.money import Money, plain


class Status(IntEnum):
    """The guide's statuses, by their codes (spec ORD-2). This is the only place where the codes stand."""

    DRAFT = 0
    PROCESSING = 1
    PENDING_PAYMENT = 2
    CONFIRMED = 3
    SHIPPING = 4
    DELIVERED = 5
    REFUND = 6
    RETURN = 7
    CANCELLED = 8
    ON_HOLD = 9
    FAILED = 10
    RETURN_PENDING = 11
    PARTIAL_RETURN = 12
    PARTIAL_REFUND = 13
    PAID = 14
    READY = 15
    STOCK_UNAVAILABLE = 16

    @property
    def label(self) -> str:
        """The word that people read, such as "Pending Payment"."""
        return self.name.replace("_", " ").title()


class Through(StrEnum):
    """The flows that alone may make certain moves; a plain move is refused."""

    RETURN = "the return flow"
    REFUND = "the refund flow"
    VOID = "voiding the last AWB"
    PART = "a partial delivery"
    UNPAID = "taking back a payment"
    SALE = "a sale at the counter"


class Short(NamedTuple):
    """What is missing of one SKU."""

    sku: str
    ordered: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFacts:
    """All that the table looks at. `approver` is the role whose approval is awaited, `due` what is not paid yet;
    `missing` what the warehouse lacks (loaded where it matters); `short_on_entry` that only the check on entry found it
    so; `paid_later` that it is paid on delivery or on account; `awbs` the live AWB numbers and `awbs_asked` how many
    more are being made; `handed_over` whether some of it left the house, `to_hand_over` whether some of it did not;
    `through` the flow that asks.
    """

    status: Status
    actor: Actor
    due: Money
    held_from: Status | None = None
    approve_status: int | None = None
    approver: str | None = None
    confirmed: bool = False
    missing: tuple[Short, ...] = ()
    awbs: tuple[str, ...] = ()
    awbs_asked: int = 0
    handed_over: bool = False
    to_hand_over: bool = True
    short_on_entry: bool = False
    counter_sale: bool = False
    paid_later: bool = False
    through: Through | None = None


class Code(StrEnum):
    """Why a move is barred; each becomes the refusal of that code."""

    ILLEGAL_MOVE = "ILLEGAL_MOVE"
    FORBIDDEN = "FORBIDDEN"
    NOT_APPROVED = "NOT_APPROVED"
    PAYMENT_MISSING = "PAYMENT_MISSING"
    STOCK_MISSING = "STOCK_MISSING"


class Bar(NamedTuple):
    code: Code
    reason: str
    unlocked_by: str


Guard = Callable[[MoveFacts], Bar | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a move is open. If not: the code of the refusal, why, and who or what unlocks it."""

    to: Status
    allowed: bool
    code: Code | None = None
    reason: str | None = None
    unlocked_by: str | None = None


_EDITOR = f"someone with {Permission.ORDERS_EDIT}"


def approved(facts: MoveFacts) -> Bar | None:
    """Approval rules hold an order until its first confirmation (spec APR-3); null means that none asked for it."""
    if facts.confirmed or facts.approve_status not in (0, -1):
        return None
    who = f"someone with {Permission.ORDERS_APPROVE}"
    if facts.approve_status == -1:
        return Bar(
            Code.NOT_APPROVED, "It was rejected in approval.", f"asking again by {_EDITOR}, and approval by {who}"
        )
    role = f" and the role {facts.approver}" if facts.approver is not None else ""
    return Bar(Code.NOT_APPROVED, "It waits for approval.", f"approval by {who}{role}")


def not_rejected(facts: MoveFacts) -> Bar | None:
    """A rejected order is not processed until it is asked for again (spec APR-3)."""
    return approved(facts) if facts.approve_status == -1 else None


def paid_in_full(facts: MoveFacts) -> Bar | None:
    if facts.due.amount <= 0:
        return None
    return Bar(Code.PAYMENT_MISSING, f"{facts.due} is not paid yet.", f"the payment of {facts.due}")


def something_due(facts: MoveFacts) -> Bar | None:
    """Nobody waits for money that is there; a store that says so is believed."""
    if facts.due.amount > 0 or facts.actor.kind is ActorKind.CONNECTOR:
        return None
    return Bar(Code.ILLEGAL_MOVE, "It is paid in full.", "nothing: confirm it instead")


def in_stock(facts: MoveFacts) -> Bar | None:
    """Without stock the first confirmation that is asked of an order is open, and leads to (or stays in) Stock
    Unavailable; a partial delivery takes what there is."""
    if not facts.missing or facts.short_on_entry or facts.through is Through.PART:
        return None
    lacks = ", ".join(
        f"{short.sku} (ordered {plain(short.ordered)}, free {plain(short.available)})" for short in facts.missing
    )
    return Bar(
        Code.STOCK_MISSING,
        f"Not in stock: {lacks}.",
        f"a receipt note for {', '.join(short.sku for short in facts.missing)}",
    )


def something_missing(facts: MoveFacts) -> Bar | None:
    """Before confirmation the levels tell; after it a person found that the shelf does not hold what was reserved."""
    if facts.confirmed or facts.missing:
        return None
    return Bar(Code.ILLEGAL_MOVE, "Everything ordered is in stock.", "nothing: confirm it instead")


def no_live_awb(facts: MoveFacts) -> Bar | None:
    if not facts.awbs and not facts.awbs_asked:
        return None
    if not facts.awbs:
        return Bar(Code.ILLEGAL_MOVE, "Its AWB is being made.", "the courier's answer")
    numbers = ", ".join(facts.awbs)
    return Bar(Code.ILLEGAL_MOVE, f"AWB {numbers} is live.", f"voiding AWB {numbers}")


def with_awb(facts: MoveFacts) -> Bar | None:
    if facts.awbs:
        return None
    return Bar(Code.ILLEGAL_MOVE, "No parcel of it has an AWB.", "a delivery note, its packing list and an AWB")


def all_handed_over(facts: MoveFacts) -> Bar | None:
    if not facts.to_hand_over:
        return None
    return Bar(Code.ILLEGAL_MOVE, "Part of it was not handed over yet.", "a delivery note and an AWB for the rest")


def nothing_handed_over(facts: MoveFacts) -> Bar | None:
    if not facts.handed_over:
        return None
    return Bar(
        Code.ILLEGAL_MOVE, "Parcels of it are with the courier.", "voiding their AWB, or a return after the delivery"
    )


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the table: who may make it, what must hold first, and `through`, the only flow that makes it."""

    permission: Permission = Permission.ORDERS_EDIT
    guards: tuple[Guard, ...] = ()
    through: Through | None = None


_S = Status
PLAIN = Move()
CONFIRM = Move(guards=(approved,))
"""Without stock this move is open, and leads to Stock Unavailable (spec STK-2)."""
CONFIRM_WITH_STOCK = Move(guards=(approved, in_stock))
GO_ON = Move(guards=(not_rejected,))
WAIT = Move(guards=(not_rejected, something_due))
PAY = Move(guards=(not_rejected, paid_in_full))
UNPAID = Move(through=Through.UNPAID)
CANCEL = Move(guards=(nothing_handed_over,))
LACK = Move(guards=(something_missing, no_live_awb))
SHIP = Move(permission=Permission.AWB, guards=(with_awb,))
DELIVER = Move(guards=(all_handed_over,))
COUNTER = Move(through=Through.SALE)
VOIDED = Move(permission=Permission.AWB, through=Through.VOID)
RETURN = Move(through=Through.RETURN)
"""Asking for a return; deciding on it is `DECIDE`."""
DECIDE = Move(permission=Permission.RETURNS_APPROVE, through=Through.RETURN)
REFUND = Move(permission=Permission.RETURNS_APPROVE, through=Through.REFUND)

_NEW: Mapping[Status, Move] = {
    _S.PENDING_PAYMENT: WAIT,
    _S.CONFIRMED: CONFIRM,
    _S.CANCELLED: CANCEL,
    _S.ON_HOLD: PLAIN,
    _S.FAILED: PLAIN,
    _S.STOCK_UNAVAILABLE: LACK,
}

TABLE: Mapping[Status, Mapping[Status, Move]] = {
    _S.DRAFT: {_S.PROCESSING: GO_ON, **_NEW, _S.DELIVERED: COUNTER},
    _S.PROCESSING: _NEW,
    _S.PENDING_PAYMENT: {
        # Only for what is paid later (`moves_from`): another way to pay was agreed on.
        _S.PROCESSING: GO_ON,
        _S.PAID: PAY,
        _S.CANCELLED: CANCEL,
        _S.ON_HOLD: PLAIN,
        _S.FAILED: PLAIN,
    },
    _S.PAID: {
        _S.PENDING_PAYMENT: UNPAID,
        _S.CONFIRMED: CONFIRM,
        _S.READY: CONFIRM_WITH_STOCK,
        _S.CANCELLED: CANCEL,
        _S.ON_HOLD: PLAIN,
        _S.STOCK_UNAVAILABLE: LACK,
    },
    _S.CONFIRMED: {
        _S.READY: CONFIRM_WITH_STOCK,
        _S.SHIPPING: SHIP,
        _S.CANCELLED: CANCEL,
        _S.ON_HOLD: PLAIN,
        _S.STOCK_UNAVAILABLE: LACK,
    },
    _S.READY: {_S.CONFIRMED: CONFIRM, _S.SHIPPING: SHIP, _S.CANCELLED: CANCEL, _S.ON_HOLD: PLAIN},
    _S.STOCK_UNAVAILABLE: {_S.CONFIRMED: CONFIRM_WITH_STOCK, _S.CANCELLED: CANCEL, _S.ON_HOLD: PLAIN},
    # Of these only the one where it came from is open (`moves_from`). SHIPPING: handed over while it was held.
    _S.ON_HOLD: {
        _S.DRAFT: PLAIN,
        _S.PROCESSING: PLAIN,
        _S.PENDING_PAYMENT: PLAIN,
        _S.PAID: PLAIN,
        _S.CONFIRMED: PLAIN,
        _S.READY: PLAIN,
        _S.STOCK_UNAVAILABLE: PLAIN,
        _S.SHIPPING: PLAIN,
        _S.CANCELLED: CANCEL,
    },
    _S.FAILED: {_S.DRAFT: PLAIN, _S.PROCESSING: GO_ON, _S.PENDING_PAYMENT: WAIT, _S.CANCELLED: CANCEL},
    _S.SHIPPING: {_S.DELIVERED: DELIVER, _S.RETURN_PENDING: RETURN, _S.CONFIRMED: VOIDED},
    _S.DELIVERED: {_S.RETURN_PENDING: RETURN, _S.REFUND: REFUND, _S.PARTIAL_REFUND: REFUND},
    _S.RETURN_PENDING: {_S.DELIVERED: DECIDE, _S.RETURN: DECIDE, _S.PARTIAL_RETURN: DECIDE},
    _S.RETURN: {_S.REFUND: REFUND},
    _S.PARTIAL_RETURN: {_S.RETURN_PENDING: RETURN, _S.PARTIAL_REFUND: REFUND},
    _S.PARTIAL_REFUND: {_S.RETURN_PENDING: RETURN, _S.REFUND: REFUND},
    _S.CANCELLED: {_S.REFUND: REFUND},
    _S.REFUND: {},
}


def moves_from(facts: MoveFacts) -> Mapping[Status, Move]:
    """The moves that the table has for this order: a hold leads back to where it came from and nowhere else, only a
    sale at the counter is delivered at once, and only what is paid later need not wait for its payment."""
    row = TABLE[facts.status]
    if facts.status is Status.ON_HOLD:
        return {to: move for to, move in row.items() if to in (facts.held_from, Status.CANCELLED)}
    if facts.status is Status.PENDING_PAYMENT and not facts.paid_later:
        return {to: move for to, move in row.items() if to is not Status.PROCESSING}
    if facts.status is Status.DRAFT and not facts.counter_sale:
        return {to: move for to, move in row.items() if to is not Status.DELIVERED}
    return row


def decide(facts: MoveFacts, to: Status) -> Verdict:
    """Whether this order may move to `to` now."""
    move = moves_from(facts).get(to)
    bar = _no_such_move(facts, to) if move is None else _bar(facts, move)
    if bar is None:
        return Verdict(to, allowed=True)
    return Verdict(to, allowed=False, code=bar.code, reason=bar.reason, unlocked_by=bar.unlocked_by)


def verdicts(facts: MoveFacts) -> list[Verdict]:
    """The moves of the table from where the order is, each open or barred with its reason, by status code."""
    return [decide(facts, to) for to in sorted(moves_from(facts))]


def legal_moves(facts: MoveFacts) -> list[Status]:
    """The moves that are open now."""
    return [verdict.to for verdict in verdicts(facts) if verdict.allowed]


def _bar(facts: MoveFacts, move: Move) -> Bar | None:
    if move.through is not None and move.through is not facts.through:
        by = "" if move.permission is Permission.ORDERS_EDIT else f", by someone with {move.permission}"
        return Bar(Code.ILLEGAL_MOVE, f"Only {move.through} leads there.", f"{move.through}{by}")
    if not facts.actor.may(move.permission):
        return Bar(Code.FORBIDDEN, f"It needs the permission {move.permission}.", f"someone with {move.permission}")
    return next((bar for guard in move.guards if (bar := guard(facts)) is not None), None)


def _no_such_move(facts: MoveFacts, to: Status) -> Bar:
    if to is facts.status:
        return Bar(Code.ILLEGAL_MOVE, f"It is {to.label} already.", "nothing")
    if facts.status is Status.ON_HOLD and facts.held_from is not None:
        back = facts.held_from.label
        return Bar(Code.ILLEGAL_MOVE, f"It is on hold and resumes to {back} only.", f"resuming it to {back}")
    others = ", ".join(status.label for status in sorted(moves_from(facts)))
    way = f"one of the moves that lead on: {others}" if others else "nothing: this status is final"
    return Bar(Code.ILLEGAL_MOVE, f"No move leads from {facts.status.label} to {to.label}.", way)
