"""What all scenes share: the doors, what was placed so far, and the questions that several of them ask."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .api import Answer, Api, told
from .expectation import expect, until
from .far_sides import Courier, Store
from .narrator import Narrator
from .plan import Placement, Plan
from .stage import Stage

CHANNEL = "shop"
INNOSHIP = "innoship"
BY_HAND = "town-courier"
_PAGE = 100


@dataclass(slots=True, kw_only=True)
class Scenery:
    """`placed` maps an order's name in the plan to its id in the store."""

    stage: Stage
    api: Api
    store: Store
    innoship: Courier
    tell: Narrator
    plan: Plan
    channel_id: str = ""
    tracking_address: str = ""
    placed: dict[str, str] = field(default_factory=dict)

    def place(self, placements: list[Placement]) -> None:
        """Buyers order in the store; nobody has told us yet."""
        for placement in placements:
            self.placed[placement.name] = self.store.place(placement.body)

    def refused(self, operation: str, code: str, **variables: Any) -> None:
        """Asks for something that must be refused with this code, and tells the reason."""
        refusal = self.api.refusal(operation, **variables)
        expect(f"the refusal of {operation}", refusal["code"], code)
        self.tell.refused(told(refusal))

    def order(self, name: str) -> Answer:
        """Our order for one of the plan."""
        found: Answer = self.api.ask("Order", by={"external": {"channel": CHANNEL, "id": self.placed[name]}})
        return found

    def until_status(self, name: str, status: str) -> Answer:
        """Our order, once it has this status."""
        return until(
            f"order {name} becomes {status}",
            lambda: self.order(name),
            lambda order: order is not None and order["status"] == status,
        )

    def counts(self) -> dict[str, int]:
        """Orders by status, without the statuses that none has."""
        return {one["status"]: one["count"] for one in self.api.ask("Counts") if one["count"]}

    def until_counts(self, what: str, wanted: Counter[str]) -> dict[str, int]:
        return until(what, self.counts, lambda seen: seen == dict(+wanted))

    def diary(self, **filters: Any) -> Iterator[Answer]:
        """All entries of the diary that the filter finds, newest first."""
        after = None
        while True:
            page = self.api.ask("Diary", first=_PAGE, after=after, filter=filters)
            yield from (edge["node"] for edge in page["edges"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def waiting(self) -> Counter[str]:
        """Diary entries that wait, by cause."""
        return Counter(entry["cause"] for entry in self.diary(state=["WAITING"]))
