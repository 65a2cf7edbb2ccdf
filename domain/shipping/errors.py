"""Refusals of couriers."""

from collections.abc import Iterable, Sequence

from domain.kernel.refusals import Problem, Refusal


class CourierRefused(Refusal):
    """The courier said no; `problems` are its reasons, per field where it says so."""

    code = "COURIER_REFUSED"

    def __init__(self, courier: str, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        text = "; ".join(problem.message.rstrip(". ") for problem in self.problems)
        super().__init__(f"{courier} refused: {text}. Mend it and ask again.")
