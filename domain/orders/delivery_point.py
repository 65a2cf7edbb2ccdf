"""Where a parcel waits for its buyer: a locker or a pick-up point (spec ORD-11)."""

from dataclasses import dataclass

from domain.kernel.database import Json
from domain.kernel.refusals import Path, Problem
from domain.kernel.texts import text_problem

LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPoint:
    """`id` is the provider's own, which its courier understands; `provider` such as `easybox`; `name` for people."""

    id: str
    provider: str | None = None
    name: str | None = None

    def as_columns(self) -> Json:
        """As an order keeps it."""
        return {
            "delivery_point": self.id.strip(),
            "delivery_point_provider": (self.provider or "").strip() or None,
            "delivery_point_name": (self.name or "").strip() or None,
        }


NO_POINT: Json = dict.fromkeys(DeliveryPoint(id="").as_columns())
"""The columns of an order that goes to an address."""


def point_problems(path: Path, point: DeliveryPoint | None) -> list[Problem]:
    """What is wrong with a delivery point that was told."""
    if point is None:
        return []
    problems = [
        Problem((*path, name), "NOT_A_TEXT", problem)
        for name in ("provider", "id", "name")
        if (text := getattr(point, name)) is not None and (problem := text_problem(text, LONGEST))
    ]
    if not point.id.strip():
        problems.append(Problem((*path, "id"), "EMPTY", "Give the id that the provider has for the point."))
    return problems
