"""Why an order may not do what was asked of it."""

from collections.abc import Sequence

from domain.kernel.money import Money
from domain.kernel.refusals import Path, Refusal

from .status import Status


class IllegalMove(Refusal):
    """The status table has no such move, or something bars it; `legal_moves` are those that are open now."""

    code = "ILLEGAL_MOVE"

    def __init__(
        self, from_: Status, to: Status, legal_moves: Sequence[Status], reason: str, *, path: Path = ("to",)
    ) -> None:
        sentence = f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
        if legal_moves:
            sentence += f" Open now: {', '.join(move.label for move in legal_moves)}."
        super().__init__(sentence, path=path)
        self.from_ = from_
        self.to = to
        self.legal_moves = tuple(legal_moves)
        self.reason = reason


class NotApproved(Refusal):
    """An approval rule holds the order (spec APR-3)."""

    code = "NOT_APPROVED"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, path=("id",))


class PaymentMissing(Refusal):
    """An advance payment is due first (spec ORD-4); `due` is what is missing of it."""

    code = "PAYMENT_MISSING"

    def __init__(self, due: Money) -> None:
        super().__init__(f"{due} must be paid first. Record the payment, then repeat this.", path=("id",))
        self.due = due
